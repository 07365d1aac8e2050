import { runBulkAction } from '../../src/management/bulk-run';
import type { ManagementDeps } from '../../src/management/deps';
import { startJobs } from '../../src/jobs/jobs';
import { pino } from 'pino';
import { faults, newKey, newOrganization, startApi, type ApiReply, type TestApi } from '../support/api';
import { until } from '../support/processes';
import { describeWith } from '../support/requires';

type Outcome = { accountId: string; outcome: string; code: string | null; name: string | null };

describeWith('postgres', 'API: bulk actions', () => {
  let api: TestApi;
  let acme: string;
  let acmeId: string;
  let globex: string;
  let number = 0;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    globex = await newOrganization(api, 'globex');
    acmeId = (await api.get(acme)).body.id;
    for (const name of ['Staff', 'Short-lived']) await api.post(`${acme}/groups`, { name });
    await api.post(`${acme}/permission-profiles`, { name: 'Reader' });
    await api.post(`${acme}/licences`, { name: 'Two', seats: 2 });
  });
  afterAll(() => api.close());

  const person = async (fields: object = {}, at = acme): Promise<string> => {
    const email = `p${(number += 1)}@acme.example`;
    const made = await api.post(`${at}/accounts`, { email, givenName: 'Anna', familyName: `Lee${number}`, ...fields });
    expect(made.status).toBe(201);
    return made.body.id;
  };
  const people = async (count: number, fields: object = {}): Promise<string[]> => {
    const ids: string[] = [];
    for (let made = 0; made < count; made++) ids.push(await person(fields));
    return ids;
  };
  const start = (action: string, selection: object, value?: unknown): Promise<ApiReply> =>
    api.post(`${acme}/accounts/bulk`, { action, selection, ...(value !== undefined && { value }) });
  const run = (id: string, deps: ManagementDeps = api.management, signal?: AbortSignal) =>
    runBulkAction(deps, { organizationId: acmeId, id }, (error) => api.logged.push(error), signal);
  const outcomes = async (id: string, query = ''): Promise<Outcome[]> =>
    (await api.get(`${acme}/bulk-actions/${id}/outcomes?limit=200${query}`)).body.items as unknown as Outcome[];
  const done = async (action: string, ids: string[], value?: unknown): Promise<Record<string, string>> => {
    const started = await start(action, { ids }, value);
    expect(started).toMatchObject({ status: 202, body: { state: 'queued' } });
    await run(started.body.id);
    expect((await api.get(`${acme}/bulk-actions/${started.body.id}`)).body.state).toBe('done');
    const all = await outcomes(started.body.id);
    return Object.fromEntries(all.map(({ accountId, outcome, code }) => [accountId, code ?? outcome]));
  };
  const lines = async (accountId: string, action: string) =>
    (await api.get(`${acme}/audit-events?account=${accountId}&action=${action}`)).body.items.length;

  test('each action goes by the rules of the single one', async () => {
    const [a = '', b = ''] = await people(2);
    const invited = await person();
    const managed = await person({ adminManaged: true });
    expect(await done('suspend', [a, b])).toEqual({ [a]: 'ok', [b]: 'ok' });
    expect(await done('suspend', [a])).toEqual({ [a]: 'invalid_state_change' });
    expect(await done('reactivate', [a, invited])).toEqual({ [a]: 'ok', [invited]: 'invalid_state_change' });
    expect(await done('send_link', [invited, managed, b])).toEqual({
      [invited]: 'ok',
      [managed]: 'admin_managed',
      [b]: 'invalid_state_change',
    });
    expect(await done('deactivate', [a])).toEqual({ [a]: 'ok' });
    expect(await done('delete', [a])).toEqual({ [a]: 'ok' });
    expect((await api.get(`${acme}/accounts/${a}`)).status).toBe(404);
  });

  test('groups by hand come and go one by one; profile is set and taken', async () => {
    await api.post(`${acme}/groups`, { name: 'Others' });
    const id = await person({ groups: ['Others'] });
    await done('add_group', [id], 'staff');
    expect((await api.get(`${acme}/accounts/${id}`)).body.groups).toEqual(['Others', 'Staff']);
    await done('remove_group', [id], 'Others');
    await done('set_permission_profile', [id], 'Reader');
    expect((await api.get(`${acme}/accounts/${id}`)).body).toMatchObject({
      groups: ['Staff'],
      permissionProfile: 'Reader',
    });
    await done('set_permission_profile', [id], null);
    expect((await api.get(`${acme}/accounts/${id}`)).body.permissionProfile).toBeNull();
  });

  test('seats run out in the middle: the refusal stands in the outcome and in the ledger', async () => {
    const ids = await people(3);
    const settled = Object.values(await done('set_licence', ids, 'Two'));
    expect(settled.sort()).toEqual(['licence_seats_exhausted', 'ok', 'ok']);
    const refused = await Promise.all(ids.map((id) => lines(id, 'provisioning.refused')));
    expect(refused.sort()).toEqual([0, 0, 1]);
  });

  test('security 26: ids of another organization, of nobody and of somebody deleted meanwhile are not found', async () => {
    const foreign = await person({}, globex);
    const gone = await person();
    const stays = await person();
    const nobody = '01900000-0000-7000-8000-000000000000';
    const { body } = await start('suspend', { ids: [foreign, gone, stays, nobody, stays, stays.toUpperCase()] });
    expect(body.counts).toEqual({ total: 4, done: 0, refused: 0 });
    await api.delete(`${acme}/accounts/${gone}`);
    await run(body.id);
    const all = await outcomes(body.id);
    expect(Object.fromEntries(all.map(({ accountId, outcome, code }) => [accountId, code ?? outcome]))).toEqual({
      [foreign]: 'not_found',
      [gone]: 'not_found',
      [stays]: 'ok',
      [nobody]: 'not_found',
    });
    expect((await api.get(`${globex}/accounts/${foreign}`)).body.status).toBe('invited');
    expect(await outcomes(body.id, '&outcome=ok')).toMatchObject([
      { accountId: stays, name: expect.stringMatching(/^Anna/) },
    ]);
    const keyOfGlobex = await newKey(api, 'globex', ['accounts:write']);
    expect((await api.get(`${acme}/bulk-actions/${body.id}`, { key: keyOfGlobex })).status).toBe(404);
    expect((await api.get(`${globex}/bulk-actions/${body.id}`)).status).toBe(404);
    const reads = await newKey(api, 'acme', ['accounts:read']);
    const refused = await api.post(
      `${acme}/accounts/bulk`,
      { action: 'suspend', selection: { ids: [stays] } },
      { key: reads },
    );
    expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
  });

  test('who matches is settled at the start, but for some', async () => {
    const ids = await people(3, { groups: ['Short-lived'] });
    const [first = ''] = ids;
    const { body } = await start('suspend', { matching: { group: 'Short-lived', q: 'anna' }, except: [first] });
    await person({ groups: ['Short-lived'] });
    expect(body.counts).toEqual({ total: 2, done: 0, refused: 0 });
    await run(body.id);
    expect((await api.get(`${acme}/accounts?group=short-lived&status=suspended`)).body.items).toHaveLength(2);
    expect((await api.get(`${acme}/bulk-actions`)).body.items[0].id).toBe(body.id);
  });

  test('a killed run goes on where it was, and two at once do nothing twice', async () => {
    const ids = await people(8);
    const { body } = await start('suspend', { ids });
    const stop = new AbortController();
    let begun = 0;
    const breaking: ManagementDeps = {
      ...api.management,
      now: () => {
        if ((begun += 1) > 8) stop.abort();
        return api.now;
      },
    };
    await run(body.id, breaking, stop.signal);
    const halfway = await api.get(`${acme}/bulk-actions/${body.id}`);
    expect(halfway.body.state).toBe('running');
    const { done: settled } = halfway.body.counts as { done: number };
    expect(settled).toBeGreaterThan(0);
    expect(settled).toBeLessThan(8);
    await Promise.all([run(body.id), run(body.id), run(body.id)]);
    await run(body.id);
    expect((await api.get(`${acme}/bulk-actions/${body.id}`)).body).toMatchObject({
      state: 'done',
      counts: { total: 8, done: 8, refused: 0 },
    });
    for (const id of ids) expect(await lines(id, 'account.status_changed')).toBe(1);
    const ended = (await api.get(`${acme}/audit-events?action=bulk_action.done`)).body.items;
    expect(ended.filter(({ resource }) => resource === `bulk_action:${body.id}`)).toHaveLength(1);
  });

  test('what is settled and what happened are one: a death in between leaves neither', async () => {
    const [id = ''] = await people(1);
    const { body } = await start('suspend', { ids: [id] });
    const query = jest.spyOn(api.management.db, 'transaction');
    query.mockImplementationOnce((async (_level: string, work: (tx: unknown) => Promise<unknown>) => {
      query.mockRestore();
      await api.db.transaction('READ COMMITTED', async (tx) => {
        await work(tx);
        throw new Error('killed before the commit');
      });
    }) as never);
    const settle = jest.fn();
    await runBulkAction(api.management, { organizationId: acmeId, id: body.id }, settle).catch(() => undefined);
    expect(settle).toHaveBeenCalled();
    expect((await api.get(`${acme}/accounts/${id}`)).body.status).toBe('invited');
    expect(await lines(id, 'account.status_changed')).toBe(0);
    expect(await outcomes(body.id)).toMatchObject([{ outcome: 'refused', code: 'internal_error' }]);
  });

  test('jobs do it, batch by batch, also what another process left behind', async () => {
    const ids = await people(3);
    const { body } = await start('suspend', { ids });
    await api.db.query(`DELETE FROM graphile_worker._private_jobs`);
    const { url } = api.db.options as { url: string };
    const log = pino({ level: 'silent' });
    const jobs = await startJobs({ ...api.management, databaseUrl: url, management: api.management, log });
    const state = async () => (await api.get(`${acme}/bulk-actions/${body.id}`)).body.state;
    await until(async () => (await state()) === 'done', 20_000, 'the bulk action');
    await jobs.stop();
  });

  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`);
  test.each([
    ['10,001 accounts', { action: 'suspend', selection: { ids: many(10_001) } }, 'selection.ids'],
    ['nobody', { action: 'suspend', selection: { ids: [] } }, 'selection.ids'],
    ['neither ids nor a filter', { action: 'suspend', selection: {} }, 'selection'],
    ['no id', { action: 'suspend', selection: { ids: ['x\0'] } }, 'selection.ids.0'],
    [
      'an unknown filter',
      { action: 'suspend', selection: { matching: { city: 'Berlin' } } },
      'selection.matching.city',
    ],
    ['NUL in a search', { action: 'suspend', selection: { matching: { q: 'a\0' } } }, 'selection.matching.q'],
    ['an unknown action', { action: 'promote', selection: { ids: many(1) } }, 'action'],
    ['no group', { action: 'add_group', selection: { ids: many(1) } }, 'value'],
    ['an unknown group', { action: 'add_group', value: 'Nobody', selection: { ids: many(1) } }, 'value.0'],
    ['a value too many', { action: 'suspend', value: 'x', selection: { ids: many(1) } }, 'value'],
  ])('%s: refused by name', async (_, body, field) => {
    const answer = await api.post(`${acme}/accounts/bulk`, body);
    expect(answer.status).toBe(422);
    expect(Object.keys(faults(answer))).toEqual([field]);
  });

  test('10,000 ids are taken', async () => {
    expect((await start('suspend', { ids: many(10_000) })).body.counts).toMatchObject({ total: 10_000 });
  });
});
