import type { HttpClient, Reply } from '../support/http-client';
import { createInitech } from '../support/initech';
import { adminOf } from '../support/portal';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';
import { managementDeps } from '../../src/cli/open';
import { runImport } from '../../src/management/import-run';

jest.setTimeout(60_000);

const IMPORTS = '/initech/admin/imports';
const HEADER = 'User name,Email,User type,Site';
const csv = (...lines: string[]): string => [HEADER, ...lines].join('\n');

describeWith('postgres', 'imports in the portal, as a browser without scripts sends them', () => {
  let service: TestService;
  let admin: HttpClient;
  let organizationId: string;

  beforeAll(async () => {
    service = await startService({ env: { RATE_LIMIT: 'off' } });
    await createInitech(service);
    ({ id: organizationId } = await service.api<{ id: string }>('GET', '/organizations/initech'));
    await service.api('POST', '/organizations/initech/domains', { domain: 'initech.example', verified: true });
    admin = await adminOf(service, 'initech');
  });
  afterAll(() => service.stop());

  const tokenOf = (page: Reply): string => /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const token = async (browser = admin): Promise<string> => tokenOf(await browser.get('/initech/admin/users'));
  const send = async (path: string, fields: Record<string, string> = {}) =>
    admin.post(path, { ...fields, _csrf: await token() });

  async function upload(content: string, fields: Record<string, string> = {}, browser = admin): Promise<Reply> {
    const data = new FormData();
    for (const [name, value] of Object.entries({ _csrf: await token(browser), mode: 'accounts', ...fields }))
      data.set(name, value);
    data.set('file', new Blob([content], { type: 'text/csv' }), 'staff.csv');
    const encoded = new Response(data);
    const type = encoded.headers.get('content-type') ?? '';
    const body = new Uint8Array(await encoded.arrayBuffer());
    return browser.send('POST', `${IMPORTS}/new`, body, { headers: { 'content-type': type } });
  }

  /** As a worker would. */
  async function goOn(url: string): Promise<Reply> {
    const id = url.split('/').at(-1) ?? '';
    await runImport(managementDeps(service.config, service.resources), { organizationId, id });
    return admin.get(url);
  }

  async function staged(content: string, fields?: Record<string, string>): Promise<string> {
    const { status, location = '' } = await upload(content, fields);
    expect(status).toBe(303);
    await goOn(location);
    return location;
  }

  const accounts = async (query: string) =>
    (
      await service.api<{ items: { id: string; email: string; status: string }[] }>(
        'GET',
        `/organizations/initech/accounts?limit=200&${query}`,
      )
    ).items;

  test('a problem is mended in place, the import saved, its results read, and all of it taken back', async () => {
    const { location = '' } = await upload(
      csv(
        'Pat O’Leary,pat@initech,,',
        'Anna Berg,anna.berg@initech.example,Superuser,',
        'Li Ming,li@initech.example,,Oslo',
      ),
    );
    const reading = await admin.get(location);
    expect([reading.headers.get('refresh'), reading.text]).toEqual([
      expect.stringMatching(/^2; url=/),
      expect.stringContaining('<progress'),
    ]);

    const problems = await goOn(location);
    expect(problems.text).toContain('2 rows need you');
    expect(problems.text).toContain('aria-label="E-mail, line 2"');
    expect(problems.text).toContain('Did you mean pat@initech.example?');
    expect(problems.text).not.toContain('Li Ming');
    expect(problems.text).toMatch(/value="clean" form="save" disabled/);

    const rows = `${location}/rows`;
    const used = await send(`${rows}/2`, { do: 'use', outcome: 'problem' });
    expect(used.location).toContain('outcome=problem#row-2');
    await send(`${rows}/3`, { 'cell.userType': 'Privileged' });
    const clean = await admin.get(location);
    expect(clean.text).not.toContain('need you');
    expect(clean.text).toMatch(/New account<\/span> <span class="mono">anna\.berg/);

    expect((await send(`${location}/commit`, { allow: 'clean' })).status).toBe(303);
    const results = await goOn(location);
    expect(results.text).toContain('Created <b>3</b>');
    const [anna] = await accounts('q=anna.berg');
    expect(results.text).toContain(`href="/initech/admin/users/${anna?.id}"`);
    const file = await admin.get(`${location}/results`);
    expect([file.headers.get('content-type'), file.text]).toEqual([
      'text/csv; charset=utf-8',
      expect.stringContaining('anna.berg@initech.example,create,created'),
    ]);

    await service.api('PATCH', `/organizations/initech/accounts/${anna?.id}`, { title: 'Controller' });
    expect((await admin.get(`${location}/undo`)).text).toContain('an account somebody has used since');
    await send(`${location}/undo`);
    const undone = await goOn(location);
    expect(undone.text).toContain('1 stays as it is');
    expect(undone.text).toContain('The account was used since.');
    expect((await accounts('q=initech')).map(({ email }) => email)).not.toContain('li@initech.example');
  });

  test('one value is set for all rows that a search finds, and ticked rows are left out', async () => {
    const location = await staged(
      csv('Ada One,ada1@initech.example,,', 'Ada Two,ada2@initech.example,,', 'Bob,bob@initech.example,,'),
    );
    const shown = { outcome: 'all', q: 'ada' };
    await send(`${location}/rows`, { ...shown, all: 'on', field: 'site', value: 'Kraków', do: 'set' });
    expect((await admin.get(`${location}?outcome=all`)).text.match(/Kraków/g)).toHaveLength(2);
    await send(`${location}/rows`, { ...shown, lines: '2,4', do: 'leaveOut' });
    expect((await admin.get(location)).text).toContain('Left out <b>2</b>');
    const nobody = await send(`${location}/rows`, { ...shown, do: 'leaveOut' });
    expect((await admin.get(nobody.location ?? '')).text).toContain('No row was ticked');
  });

  test('a column that is not known gets a meaning, and a header that says nothing does, too', async () => {
    const location = await staged('Mitarbeiter;Adresse\nPat;pat2@initech.example');
    const failed = await admin.get(location);
    expect(failed.text).toContain('The first line names neither a name nor an e-mail address');
    expect((await admin.get(`${location}/columns`)).text).toContain('pat2@initech.example');
    await send(`${location}/columns`, { 'means.0': 'own', 'own.0': 'not a name', 'means.1': 'email' }).then((reply) =>
      expect([reply.status, reply.text]).toEqual([422, expect.stringContaining('at most 64')]),
    );
    await send(`${location}/columns`, { 'means.0': 'displayName', 'means.1': 'email' });
    expect((await goOn(location)).text).toContain('1 person read');
  });

  test('what would deactivate more than a set share is asked about, by its numbers', async () => {
    const people = Array.from({ length: 30 }, (_, at) => `Person ${at},p${at}@initech.example,,`);
    const everyone = { namesEveryone: 'on' };
    const first = await staged(csv(...people), everyone);
    await send(`${first}/commit`, { allow: 'clean' });
    await goOn(first);
    const second = await staged(csv(...people.slice(0, 4)), everyone);
    expect((await admin.get(second)).text).toMatch(/It would deactivate 26 of \d+ accounts\./);
    const asked = await send(`${second}/commit`, { allow: 'clean' });
    expect([asked.status, asked.text]).toEqual([200, expect.stringContaining('Deactivate 26 and save')]);
    expect((await goOn(second)).text).toContain('Nothing has changed yet');
    await send(`${second}/commit`, { allow: 'clean', brake: 'release' });
    expect((await goOn(second)).text).toContain('Left <b>26</b>');
  });

  test('the limits that make an import ask are shown with its source, and changed there', async () => {
    const { items } = await service.api<{ items: { id: string; kind: string }[] }>(
      'GET',
      '/organizations/initech/sources',
    );
    const path = `/initech/admin/sources/${items.find(({ kind }) => kind === 'spreadsheet')?.id}`;
    expect((await admin.get('/initech/admin/sources')).text).toContain('More than 10% and 10');
    const wrong = await send(path, { 'leave.on': 'on', 'leave.share': '7,5', 'leave.number': 'many' });
    expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('value="7,5"')]);
    await send(path, { 'leave.on': 'on', 'leave.share': '7,5', 'leave.number': '3' });
    const { items: now } = await service.api<{ items: object[] }>('GET', '/organizations/initech/sources');
    expect(now).toContainEqual(
      expect.objectContaining({ brake: { leave: { share: 0.075, number: 3 }, update: null } }),
    );
  });

  test('a file that is none is refused with what to do, and what was chosen stays', async () => {
    const refused = await upload('', { mode: 'catalog' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('The file is empty')]);
    expect(refused.text).toMatch(/value="catalog" checked/);
  });

  test('an import that is discarded is gone', async () => {
    const location = await staged(csv('Gone,gone@initech.example,,'));
    expect((await admin.get(`${location}/discard`)).text).toContain('No account changes');
    expect((await send(`${location}/discard`)).location).toContain('imports.notice.discarded');
    expect((await admin.get(location)).status).toBe(404);
  });

  test('an upload without a token is not taken, and an auditor sees but cannot act', async () => {
    const location = await staged(csv('Seen,seen@initech,,'));
    expect((await upload(csv('X,x@initech.example,,'), { _csrf: 'forged' })).status).not.toBe(303);
    const auditor = await adminOf(service, 'initech', ['auditor']);
    const page = await auditor.get(location);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('This is not exactly one e-mail address')]);
    expect(page.text).not.toMatch(/form="save"|form-2|Discard/);
    for (const path of ['commit', 'discard', 'undo', 'refresh', 'rows', 'rows/2', 'columns'])
      expect((await auditor.post(`${location}/${path}`, { _csrf: await token(auditor) })).status).toBe(403);
    expect((await upload(csv('X,x@initech.example,,'), {}, auditor)).status).toBe(403);
  });
});
