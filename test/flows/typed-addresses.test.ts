import { newOrganization, startApi, type TestApi } from '../support/api';
import { startHostileOp, type HostileOp } from '../conformance/oidc-hostile-op';
import { describeWith } from '../support/requires';

/** Leads where this service must not go, however it is spelled. The API of these tests may reach 127.0.0.0/8. */
const PRIVATE = [
  'https://10.0.0.1',
  'https://169.254.169.254',
  'https://2852039166',
  'https://0xa9fea9fe',
  'https://0251.0376.169.254',
  'https://192.168.257',
  'https://0.0.0.0',
  'https://100.64.0.1',
  'https://255.255.255.255',
  'https://224.0.0.1',
  'https://[::1]',
  'https://[::ffff:10.0.0.1]',
  'https://[64:ff9b::a00:1]',
  'https://[2002:a00:1::]',
  'HTTPS://10.0.0.1:8443',
  'https://user:secret@127.0.0.1',
];
const NO_WEB_ADDRESS = [
  'file:///etc/passwd',
  'data:text/xml,<x/>',
  'ftp://127.0.0.1',
  'javascript:alert(1)',
  '127.0.0.1',
];

describeWith('postgres', 'security 22: an address that an admin types is looked at when it is saved', () => {
  let api: TestApi;
  let path: string;
  let op: HostileOp;
  beforeAll(async () => {
    [api, op] = [await startApi(), await startHostileOp()];
    path = `${await newOrganization(api, 'acme')}/connections`;
  });
  afterAll(async () => {
    expect((await api.get(path)).body.items).toEqual([]);
    await op.stop();
    await api.close();
  });
  afterEach(() => {
    op.faults = {};
  });

  const oidc = (issuer: string) => ({ kind: 'oidc', name: 'X', issuer, clientId: 'x', clientSecret: 'y' });
  const saml = (metadataUrl: string) => ({ kind: 'saml', name: 'X', metadataUrl });
  const codeOf = async (form: object) => (await api.post(path, form)).body.code;

  test.each(PRIVATE)('%s is no metadata and no issuer', async (address) => {
    expect(await codeOf(saml(`${address}/metadata`))).toBe('address_refused');
    expect(await codeOf(oidc(address))).toMatch(/^(address_refused|invalid_issuer)$/);
    expect(op.requests).toEqual([]);
  });

  test.each(NO_WEB_ADDRESS)('%s is not even an address of the web', async (address) => {
    expect([await codeOf(saml(address)), await codeOf(oidc(address))]).toEqual(['invalid_form', 'invalid_form']);
  });

  const endpoints = ['token_endpoint', 'jwks_uri', 'userinfo_endpoint'];
  test.each(endpoints)('nor may discovery name such a %s', async (endpoint) => {
    for (const address of ['https://10.0.0.1/x', 'https://169.254.169.254/x', 'https://[::1]/x', 'http://8.8.8.8/x']) {
      op.faults = { metadata: { [endpoint]: address } };
      expect(await codeOf(oidc(op.issuer))).toBe('address_refused');
    }
  });
});
