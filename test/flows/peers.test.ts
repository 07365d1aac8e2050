import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { SAML } from '@node-saml/passport-saml';
import * as oidc from 'openid-client';
import { Client } from 'pg';
import { createClient as createRedisClient } from 'redis';
import type { Browser } from 'playwright-core';
import { expectAccessible, launchBrowser, screenshot } from '../support/browser';
import { createClient } from '../support/http-client';
import { startOidcOp } from '../support/oidc-op';
import { PASSWORD, PEOPLE } from '../support/people';
import { createTestDatabase } from '../support/postgres';
import { startPostgresServer } from '../support/postgres-server';
import { livingInGroup } from '../support/processes';
import { startRedis } from '../support/redis';
import { describeWith } from '../support/requires';
import { startSimpleSamlPhp } from '../support/simplesamlphp';
import type { SimpleSamlPhp } from '../support/simplesamlphp';

const ACS = 'http://127.0.0.1:9/acme/acs';
const SP = { entityId: 'http://127.0.0.1:9/acme/metadata', acsUrl: ACS };

describeWith('postgres', 'Postgres', () => {
  const query = async (url: string, sql: string) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    return client.query<Record<string, unknown>>(sql).finally(() => client.end());
  };

  test('gives each test file an empty UTF-8 database and takes it back', async () => {
    const database = await createTestDatabase();
    const { rows } = await query(database.url, `SELECT '李' AS name, current_setting('server_encoding') AS encoding`);
    expect(rows).toEqual([{ name: '李', encoding: 'UTF8' }]);
    await database.drop();
    await expect(query(database.url, 'SELECT 1')).rejects.toThrow('does not exist');
  });

  test('gives a migrated database that others do not see', async () => {
    const [one, other] = await Promise.all([
      createTestDatabase({ migrated: true }),
      createTestDatabase({ migrated: true }),
    ]);
    await query(one.url, 'CREATE TABLE mine ()');
    await expect(query(other.url, 'TABLE mine')).rejects.toThrow('does not exist');
    const { rowCount } = await query(other.url, 'TABLE migrations');
    expect(rowCount).toBeGreaterThan(0);
    await Promise.all([one.drop(), other.drop()]);
  });

  test('starts beside the shared one and leaves no process', async () => {
    const server = await startPostgresServer();
    await expect(query(server.url, 'SHOW fsync')).resolves.toMatchObject({ rows: [{ fsync: 'off' }] });
    expect(livingInGroup(server.pid)).toContain(server.pid);
    await server.stop();
    expect(livingInGroup(server.pid)).toEqual([]);
  });
});

describeWith('redis', 'Redis', () => {
  test('starts, answers and leaves no process', async () => {
    const [server, other] = await Promise.all([startRedis(), startRedis()]);
    const client = await createRedisClient({ url: server.url }).connect();
    await client.set('name', 'Łukasz');
    expect(await client.get('name')).toBe('Łukasz');
    client.destroy();
    await Promise.all([server.stop(), other.stop()]);
    expect([...livingInGroup(server.pid), ...livingInGroup(other.pid)]).toEqual([]);
  });
});

describeWith('simplesamlphp', 'SimpleSAMLphp', () => {
  let idp: SimpleSamlPhp;
  beforeAll(async () => void (idp = await startSimpleSamlPhp({ sps: [SP] })));
  afterAll(() => idp.stop());

  const sp = (changes: object = {}) =>
    new SAML({
      entryPoint: idp.ssoUrl,
      issuer: SP.entityId,
      callbackUrl: ACS,
      idpCert: idp.certificate,
      wantAuthnResponseSigned: true,
      wantAssertionsSigned: true,
      identifierFormat: null,
      ...changes,
    });
  const signIn = async (username: string, by = sp()) => {
    const form = await idp.signIn(await by.getAuthorizeUrlAsync('state', undefined, {}), username);
    expect(form).toMatchObject({ method: 'POST', action: ACS, fields: { RelayState: 'state' } });
    const { profile } = await by.validatePostResponseAsync({ SAMLResponse: form.fields.SAMLResponse ?? '' });
    return profile;
  };

  test('serves metadata with its certificate', async () => {
    const metadata = await (await fetch(idp.metadataUrl)).text();
    expect(metadata).toContain(`entityID="${idp.entityId}"`);
    expect(metadata).toContain(idp.certificate.split('\n')[1]);
    expect(metadata).toContain(`Location="${idp.ssoUrl}"`);
  });

  test.each(PEOPLE.map((person) => [person.username, person] as const))('signs %s in', async (username, person) => {
    const profile = await signIn(username);
    expect(profile).toMatchObject({
      uid: username,
      mail: person.mail,
      displayName: person.displayName,
      sn: person.familyName,
    });
    expect(profile?.groups ?? []).toEqual(person.groups.length === 1 ? person.groups[0] : person.groups);
  });

  test('gives the same persistent subject each time', async () => {
    const [one, again, other] = [await signIn('li'), await signIn('li'), await signIn('olga')];
    expect(one?.nameIDFormat).toMatch(/persistent$/);
    expect(one?.nameID).toBe(again?.nameID);
    expect(one?.nameID).not.toBe(other?.nameID);
  });

  test('signs only what a service provider asks for', async () => {
    await idp.addServiceProvider({ ...SP, options: { 'saml20.sign.response': false } });
    await expect(signIn('li')).rejects.toThrow('Invalid document signature');
    await expect(signIn('li', sp({ wantAuthnResponseSigned: false }))).resolves.toMatchObject({ uid: 'li' });
    await idp.addServiceProvider(SP);
  });

  test('encrypts the assertion to a service provider that was added while it runs', async () => {
    const { certificate, privateKey } = await idp.makeKey('Encrypted SP');
    const entityId = 'http://127.0.0.1:9/encrypted/metadata';
    await idp.addServiceProvider({ entityId, acsUrl: ACS, certificate, options: { 'assertion.encryption': true } });
    const by = { issuer: entityId, audience: entityId };
    await expect(signIn('siobhan', sp(by))).rejects.toThrow('No decryption key');
    await expect(signIn('siobhan', sp({ ...by, decryptionPvk: privateKey }))).resolves.toMatchObject({ sn: "O'Leary" });
  });

  test('knows new people at once, and nobody it was not told of', async () => {
    const nina = { ...PEOPLE[0]!, username: 'nina' };
    await expect(signIn('nina')).rejects.toThrow('Incorrect username or password');
    await idp.setPeople([...PEOPLE, nina]);
    await expect(signIn('nina')).resolves.toMatchObject({ uid: 'nina' });
  });

  test('leaves no process', async () => {
    const other = await startSimpleSamlPhp();
    expect(livingInGroup(other.pid).length).toBeGreaterThan(1);
    await other.stop();
    expect(livingInGroup(other.pid)).toEqual([]);
    await expect(fetch(other.metadataUrl)).rejects.toThrow();
  });
});

describe('OpenID provider', () => {
  const REDIRECT = 'http://127.0.0.1:9/acme/callback';
  const CLIENT = { client_id: 'acme', client_secret: 'a-secret-of-the-tests', redirect_uris: [REDIRECT] };
  const discover = (issuer: string) =>
    oidc.discovery(new URL(issuer), CLIENT.client_id, CLIENT.client_secret, undefined, {
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
    });

  async function signIn(op: Awaited<ReturnType<typeof startOidcOp>>, config: oidc.Configuration, username: string) {
    const verifier = oidc.randomPKCECodeVerifier();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid email profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: 'state',
    });
    const callback = new URL(await op.signIn(url.href, username));
    const tokens = await oidc.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: 'state',
    });
    return tokens.claims();
  }

  test('signs people in, keeps up with changed accounts and keys, and stops', async () => {
    const op = await startOidcOp({ clients: [CLIENT] });
    const config = await discover(op.issuer);
    expect(await signIn(op, config, 'olga')).toMatchObject({
      sub: 'olga',
      email: 'olga@acme.test',
      email_verified: true,
    });

    op.accounts.set('olga', { ...PEOPLE[0]!, username: 'olga', sub: 'o-1', claims: { email_verified: false } });
    op.rotateKeys({ dropOld: true });
    expect(await signIn(op, await discover(op.issuer), 'olga')).toMatchObject({ sub: 'o-1', email_verified: false });

    await op.stop();
    await expect(fetch(op.issuer)).rejects.toThrow();
  });

  test('lets a person cancel', async () => {
    const op = await startOidcOp({ clients: [CLIENT] });
    const url = oidc.buildAuthorizationUrl(await discover(op.issuer), {
      redirect_uri: REDIRECT,
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const client = createClient(op.issuer);
    const page = await client.follow(await client.get(url.href));
    const end = await client.follow(await client.submit(page, { cancel: '1' }), REDIRECT);
    expect(end.location).toContain('error=access_denied');
    await op.stop();
  });
});

describeWith(['chromium', 'simplesamlphp'], 'Chromium', () => {
  let idp: SimpleSamlPhp;
  let browser: Browser;
  beforeAll(async () => {
    [idp, browser] = await Promise.all([startSimpleSamlPhp({ sps: [SP] }), launchBrowser()]);
  });
  afterAll(() => Promise.all([browser.close(), idp.stop()]));

  test('signs in at SimpleSAMLphp', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${idp.ssoUrl}?spentityid=${encodeURIComponent(SP.entityId)}`);
    await page.getByLabel('Username').fill('li');
    await page.getByLabel('Password').fill(PASSWORD);
    const sent = page.waitForRequest(ACS);
    await page.getByRole('button', { name: 'Login' }).click();
    expect(new URLSearchParams((await sent).postData() ?? '').get('SAMLResponse')).toMatch(/^[\w+/]+=*$/);
  });

  test('tells what is not accessible, and keeps a picture', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.setContent('<html lang="en"><title>T</title><main><h1>T</h1><img src="data:,"></main>');
    await expect(expectAccessible(page)).rejects.toThrow('image-alt');
    await page.setContent('<html lang="en"><title>T</title><main><h1>T</h1><p>Text</p></main>');
    await expectAccessible(page);
    expect(existsSync(await screenshot(page, 'peers'))).toBe(true);
  });

  test('leaves no process', async () => {
    const marker = `--marked=${randomUUID()}`;
    const other = await launchBrowser([marker]);
    await (await other.newPage()).goto('about:blank');
    const [pid = 0] = processesWith(marker);
    expect(livingInGroup(pid).length).toBeGreaterThan(1);
    await other.close();
    expect(livingInGroup(pid)).toEqual([]);
  });
});

/** Ids of the processes that were started with this argument. */
function processesWith(argument: string): number[] {
  const hasArgument = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && hasArgument(name))
    .map(Number);
}
