import { inflateRawSync } from 'node:zlib';
import { exportAccounts } from '../../src/management/account-export';
import { commandCaller } from '../../src/management/deps';
import { faults, newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

describeWith('postgres', 'API: accounts are exported', () => {
  let api: TestApi;
  let acme: string;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    const person = {
      givenName: '=HYPERLINK("https://evil.example")',
      familyName: 'Lee, "A"',
      title: '+1',
      department: '@x',
    };
    await api.post(`${acme}/accounts`, { ...person, email: 'anna@acme.example', site: '=1+1' });
    await api.post(`${acme}/accounts`, { givenName: 'Böb', familyName: 'Ray', email: 'bob@acme.example' });
    await newOrganization(api, 'globex');
  });
  afterAll(() => api.close());

  const csv = async (query = '') => (await api.get(`${acme}/accounts/export?format=csv${query}`)).bytes.toString();

  test('security 25: as CSV no cell is a formula', async () => {
    const answer = await api.get(`${acme}/accounts/export?format=csv&q=anna`);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename=acme-accounts.csv',
    });
    const [header, line, ...rest] = answer.bytes.toString().split('\n');
    expect(header).toMatch(/^\uFEFFusername,email,givenName,familyName/);
    expect(line).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
    expect(line).toContain(`"Lee, ""A"""`);
    for (const cell of [`'+1`, `'@x`, `'=1+1`]) expect(line).toContain(`,${cell},`);
    expect(rest).toEqual(['']);
  });

  test('security 25: as a workbook every cell is text', async () => {
    const { status, bytes, headers } = await api.get(`${acme}/accounts/export?format=xlsx`, { isBinary: true });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/spreadsheetml/);
    const parts = unzip(bytes);
    const sheet = parts.get('xl/worksheets/sheet1.xml') ?? '';
    expect(sheet).not.toContain('<f>');
    expect(sheet.match(/<row /g)).toHaveLength(3);
    expect(parts.get('xl/sharedStrings.xml')).toContain('=HYPERLINK(');
  });

  test('more than a workbook takes is refused with how many that are, and nothing is written down as exported', async () => {
    const exporting = (format: 'csv' | 'xlsx', most: number) =>
      exportAccounts(api.management, commandCaller, 'acme', { format, sort: 'email', order: 'asc' }, most);
    const exported = async (): Promise<number> =>
      (await api.get(`${acme}/audit-events?action=accounts.exported&limit=100`)).body.items.length as number;
    const before = await exported();
    await expect(exporting('xlsx', 1)).rejects.toMatchObject({
      code: 'invalid_form',
      options: { fields: [{ field: 'format', message: 'A workbook takes at most 1 accounts; CSV takes all.' }] },
    });
    expect(await exported()).toBe(before);
    expect((await exporting('xlsx', 2)).name).toBe('acme-accounts.xlsx');
    expect((await exporting('csv', 1)).name).toBe('acme-accounts.csv');
  });

  test('what matches, in the order asked for', async () => {
    const lines = (await csv('&sort=email&order=desc')).trim().split('\n');
    expect(lines.map((line) => line.split(',')[1])).toEqual(['email', 'bob@acme.example', 'anna@acme.example']);
    expect((await csv('&q=nobody')).trim().split('\n')).toHaveLength(1);
  });

  test('more than a page is exported whole', async () => {
    await api.db.query(
      `WITH made AS (INSERT INTO contacts (organization_id, id, attributes, email)
         SELECT o.organization_id, gen_random_uuid(), '{"displayName": "Many"}', 'many' || n || '@acme.example'
           FROM organization_slugs o, generate_series(1, 1203) n WHERE slug = 'acme' RETURNING *)
       INSERT INTO accounts (organization_id, id, contact_id, source_id, status, email, username, username_key, user_type)
       SELECT m.organization_id, gen_random_uuid(), m.id, s.id, 'active', m.email, m.email, m.email, 'Standard'
         FROM made m JOIN sources s ON s.organization_id = m.organization_id AND s.kind = 'admin'`,
    );
    const lines = (await csv('&q=many&sort=name')).trim().split('\n');
    expect(lines).toHaveLength(1204);
    expect(new Set(lines).size).toBe(1204);
  });

  test('security 27: each export is in the ledger, with its count and without what was searched for', async () => {
    await csv('&q=anna&status=invited');
    const [line] = (await api.get(`${acme}/audit-events?action=accounts.exported`)).body.items;
    expect(line.details).toEqual({ count: 1, format: 'csv', filters: ['q', 'status'] });
    expect(JSON.stringify(line)).not.toContain('anna');
  });

  test('security 26: what is refused is a problem, not a file', async () => {
    expect(faults(await api.get(`${acme}/accounts/export?format=pdf`))).toHaveProperty('format');
    expect(faults(await api.get(`${acme}/accounts/export?city=x`))).toHaveProperty('city');
    const key = await newKey(api, 'globex', ['accounts:read']);
    expect((await api.get(`${acme}/accounts/export`, { key })).status).toBe(404);
    expect((await api.get(`/organizations/globex/accounts/export?format=csv`, { key })).bytes.toString()).not.toContain(
      'acme',
    );
    const without = await newKey(api, 'acme', ['contacts:read']);
    expect((await api.get(`${acme}/accounts/export`, { key: without })).status).toBe(403);
  });
});

/** Files of a ZIP by their names, by its central directory. */
function unzip(zip: Buffer): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4)) {
    const [method, size, nameLength, local] = [10, 20, 28, 42].map((offset) =>
      offset === 20 || offset === 42 ? zip.readUInt32LE(at + offset) : zip.readUInt16LE(at + offset),
    ) as [number, number, number, number];
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(begin, begin + size);
    files.set(
      zip.toString('utf8', at + 46, at + 46 + nameLength),
      (method ? inflateRawSync(content) : content).toString(),
    );
  }
  return files;
}
