import { stringify } from 'csv-stringify/sync';
import { v7 as uuid } from 'uuid';
import { commit } from '../../src/runs/commit';
import type { RunDeps } from '../../src/runs/deps';
import { fromBookmark } from '../../src/runs/read';
import { stage } from '../../src/runs/stage';
import { untouchable } from '../../src/management/import-run';
import { SourceFailure, type PullSource, type SourceRow } from '../../src/sources/source';
import { spreadsheet } from '../../src/sources/spreadsheet';
import { findRun, insertRun, updateRun, type RunLine } from '../../src/storage/runs';
import { findRunSource, insertSource, spreadsheetSource } from '../../src/storage/sources';
import { inTransaction } from '../../src/storage/transaction';
import { newOrganization, startApi, type TestApi } from '../support/api';
import { serveStaffList, staffList, type Listed } from './staff-list';

/** A source beside a world of its own that tests may change. */
interface Peer {
  source: PullSource<never>;
  settings(): unknown;
  people: Listed[];
  /** Somebody is there no more. */
  remove(id: string): void;
  /** The next reading breaks off on the way; false: it reads again. */
  breakOff(isBroken: boolean): void;
  stop(): Promise<unknown>;
}

/** Every source that is fetched has an entry here. */
const PEERS: Readonly<Record<string, () => Promise<Peer>>> = {
  spreadsheet: async () => {
    const people: Listed[] = [];
    let isBroken = false;
    const rows = () => people.map(({ id, name, mail, job }) => [name, mail ?? '', job ?? '', id]);
    return {
      ...{ source: spreadsheet as PullSource<never>, people },
      settings: () => {
        const whole = stringify([['User name', 'Email', 'Title', 'External ID'], ...rows()]);
        return { name: 'people.csv', content: Buffer.from(isBroken ? `${whole}"an open quote` : whole) };
      },
      remove: (id) =>
        people.splice(
          people.findIndex((one) => one.id === id),
          1,
        ),
      breakOff: (broken) => (isBroken = broken),
      stop: async () => undefined,
    };
  },
  'staff list': async () => {
    const { list, url, stop } = await serveStaffList();
    return {
      ...{ source: staffList as PullSource<never>, people: list.people, settings: () => ({ url }), stop },
      remove: (id) =>
        list.left.push(
          ...list.people.splice(
            list.people.findIndex((one) => one.id === id),
            1,
          ),
        ),
      breakOff: (isBroken) => (list.breaksAfter = isBroken ? 2 : Infinity),
    };
  },
};

let api: TestApi;
let deps: RunDeps;
beforeAll(async () => {
  api = await startApi();
  deps = { db: api.db, now: () => api.now, untouchable, invite: () => Promise.reject(new Error('nobody is invited')) };
});
afterAll(() => api.close());

let made = 0;
const listed = (n: number): Listed => ({ id: `E${n}`, name: `Person ${n}`, mail: `p${n}@acme.example`, job: 'Clerk' });

describe.each(Object.entries(PEERS))('%s', (_, startPeer) => {
  let peer: Peer;
  let org: string;
  let organizationId: string;
  beforeEach(async () => {
    peer = await startPeer();
    peer.people.push(...Array.from({ length: 20 }, (__, n) => listed(n)));
    org = await newOrganization(api, `pull-${++made}`);
    organizationId = (await api.get(org)).body.id;
    const kinds = ['jit', 'admin', 'spreadsheet', peer.source.kind];
    await api.patch(`${org}/policy`, { allowedSources: [...new Set(kinds)] });
  });
  afterEach(() => peer.stop());

  const reading = (bookmark: string | null = null) =>
    fromBookmark(peer.source as PullSource<unknown>, peer.settings(), bookmark);

  /** A run that is about to be read. */
  async function begin(): Promise<RunLine> {
    const { kind } = peer.source;
    return inTransaction(api.db, async (tx) => {
      const [known] = await tx.query<[{ id: string }?]>(
        'SELECT id FROM sources WHERE organization_id = $1 AND kind = $2',
        [organizationId, kind],
      );
      const sourceId =
        known?.id ??
        (kind === 'spreadsheet'
          ? await spreadsheetSource(tx, organizationId)
          : await insertSource(tx, organizationId, { kind, name: kind }));
      const run = {
        ...({
          organizationId,
          id: uuid(),
          sourceId,
          name: 'run',
          mode: 'accounts',
          namesEveryone: kind === 'spreadsheet',
        } as const),
        ...({
          mapping: null,
          columns: null,
          sendInvitations: false,
          inviteAt: null,
          actor: { kind: 'command' },
          scopes: ['*'],
          requestId: null,
        } as const),
      };
      await insertRun(tx, run, null, api.now);
      return (await findRun(tx, run)) as RunLine;
    });
  }

  const again = async (run: RunLine): Promise<RunLine> => (await findRun(api.db.manager, run)) as RunLine;

  /** Reads and saves. */
  async function runOnce(bookmark: string | null = null): Promise<RunLine> {
    const run = await begin();
    await stage(deps, run, reading(bookmark));
    await updateRun(api.db.manager, run, { state: 'committing' });
    await commit(deps, await again(run));
    return again(run);
  }

  const emails = async (): Promise<string[]> =>
    (await api.get(`${org}/accounts?status=active&limit=200`)).body.items
      .map(({ email }) => email)
      .concat((await api.get(`${org}/accounts?status=invited&limit=200`)).body.items.map(({ email }) => email))
      .sort();
  const expected = () => peer.people.map(({ mail }) => mail).sort();

  test('tells of everybody, each line with a number of its own', async () => {
    const rows: SourceRow[] = [];
    for await (const one of reading()) if (!('bookmark' in one)) rows.push(one);
    expect(rows.map(({ cells }) => cells.email)).toEqual(peer.people.map(({ mail }) => mail));
    expect(new Set(rows.map(({ line }) => line)).size).toBe(rows.length);
  });

  test('brings everybody in, and changes nothing when it says the same again', async () => {
    await runOnce();
    expect(await emails()).toEqual(expected());
    expect((await runOnce()).counts).toMatchObject({ create: 0, update: 0, leave: 0, unchanged: 20 });
  });

  test('lets go whom it does not know any more, and takes them back', async () => {
    await runOnce();
    peer.remove('E3');
    await runOnce();
    expect(await emails()).toEqual(expected());
    peer.people.push(listed(3));
    await runOnce();
    expect(await emails()).toEqual(expected());
  });

  test('changes nothing when it breaks off, and says why', async () => {
    peer.breakOff(true);
    const run = await begin();
    await stage(deps, run, reading());
    expect(await again(run)).toMatchObject({
      state: 'failed',
      failureCode: expect.any(String),
      failureDetail: expect.any(String),
    });
    const thrown = (async () => {
      for await (const __ of reading()) void __;
    })();
    await expect(thrown).rejects.toBeInstanceOf(SourceFailure);
    peer.breakOff(false);
    await runOnce();
    expect(await emails()).toEqual(expected());
  });

  test('begins anew after a process was stopped on the way', async () => {
    const run = await begin();
    const stopping = new AbortController();
    await stage(deps, run, stopAfter(5, reading(), stopping), stopping.signal);
    expect((await again(run)).state).toBe('staging');
    await stage(deps, run, reading());
    expect((await again(run)).counts).toMatchObject({ create: 20, problem: 0 });
  });

  test('leaves a field to the source that owns it, and takes it where the policy says so', async () => {
    await runOnce();
    const { id } = (await api.get(`${org}/accounts?email=p1@acme.example`)).body.items[0];
    await api.patch(`${org}/accounts/${id}`, { title: 'Controller' });
    peer.people[1] = { ...listed(1), job: 'Cashier' };
    await runOnce();
    expect((await api.get(`${org}/accounts/${id}`)).body.title).toBe('Controller');
    await api.patch(`${org}/policy`, { fieldOwners: [{ field: 'title', sources: [peer.source.kind] }] });
    peer.people[1] = { ...listed(1), job: 'Teller' };
    await runOnce();
    expect((await api.get(`${org}/accounts/${id}`)).body.title).toBe('Teller');
  });
});

describe('staff list', () => {
  test('somebody who is told of twice is one, as told last; what it cannot say waits; a forgotten bookmark reads all', async () => {
    const { list, url, stop } = await serveStaffList();
    list.people.push(listed(1), { ...listed(2), mail: null });
    list.tellsTwice = true;
    const org = await newOrganization(api, `pull-${++made}`);
    const organizationId = (await api.get(org)).body.id;
    await api.patch(`${org}/policy`, { allowedSources: ['zendesk'] });
    const sourceId = await insertSource(api.db.manager, organizationId, { kind: 'zendesk', name: 'Staff list' });
    const base = { organizationId, sourceId, name: 'run', mode: 'accounts', namesEveryone: false } as const;
    const rest = {
      mapping: null,
      columns: null,
      sendInvitations: false,
      inviteAt: null,
      actor: { kind: 'command' },
      scopes: ['*'],
      requestId: null,
    } as const;
    for (const round of [1, 2]) {
      const run = { ...base, ...rest, id: uuid() };
      await insertRun(api.db.manager, run, null, api.now);
      const { bookmark } = (await findRunSource(api.db.manager, organizationId, sourceId)) ?? {};
      list.forgetsMarks = round === 2;
      await stage(
        deps,
        (await findRun(api.db.manager, run)) as RunLine,
        fromBookmark(staffList, { url }, bookmark ?? null),
      );
      await updateRun(api.db.manager, run, { state: 'committing' });
      await commit(deps, (await findRun(api.db.manager, run)) as RunLine);
    }
    await stop();
    expect(list.asked.some((asked) => asked.includes('since=m'))).toBe(true);
    expect((await api.get(`${org}/accounts`)).body.items).toMatchObject([{ email: 'p1@acme.example', title: 'Clerk' }]);
    expect((await api.get(`${org}/contacts`)).body.items).toHaveLength(2);
  });
});

async function* stopAfter<T>(rows: number, all: AsyncIterable<T>, stopping: AbortController): AsyncGenerator<T> {
  let count = 0;
  for await (const one of all) {
    yield one;
    if (++count === rows) stopping.abort();
  }
}
