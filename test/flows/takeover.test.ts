import type { ClientMetadata } from 'oidc-provider';
import {
  addConnection,
  createAcme,
  createTestIdp,
  maria,
  sessionOf,
  signIn,
  type SamlConnection,
  type TestIdp,
  type TestPerson,
} from '../support/acme';
import type { HttpClient } from '../support/http-client';
import { logIn, PASSWORD } from '../support/initech';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const SECRET = 'a-secret-of-32-characters-0123456789';

interface Account {
  id: string;
  email: string;
  emailVerified: boolean;
  status: string;
}

describeWith('postgres', 'nobody takes over an account', () => {
  let service: TestService;
  let idp: TestIdp;
  let slug: string;
  let connection: SamlConnection;
  /** Whose account it is, and whom an attacker wants to be. */
  let victim: TestPerson & { email: string };
  let organizations = 0;

  beforeAll(async () => {
    service = await startService();
    idp = await createTestIdp();
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    slug = `acme${++organizations}`;
    connection = await createAcme(service, idp, { slug });
    victim = { ...maria, subject: 'victim', email: `maria@${slug}.example` };
  });

  const api = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
    service.api<T>(method, `/organizations/${slug}${path}`, body);
  const items = async <T>(path: string) => (await api<{ items: T[] }>('GET', path)).items;
  const come = (person: TestPerson, at = connection, browser?: HttpClient) =>
    signIn(service, idp, at, person, { slug, ...(browser && { browser }) });
  const makeAccount = (fields: object = {}) =>
    api<Account>('POST', '/accounts', { email: victim.email, givenName: 'Maria', familyName: 'S.', ...fields });
  const setConnection = (change: object, at = connection) => api('PATCH', `/connections/${at.id}`, change);
  const attacker = (email: string = victim.email): TestPerson => ({ ...victim, subject: 'attacker', email });
  const accountOf = async ({ browser }: { browser: HttpClient }) => (await sessionOf(browser, slug))?.account.id;

  /** The victim signs in. Yields what must be the same afterwards: the account, its identities, and this session. */
  const victimSignedIn = async () => {
    const { browser } = await come(victim);
    const id = (await sessionOf(browser, slug))?.account.id ?? '';
    return { id, browser, before: await stateOf(id) };
  };
  const stateOf = async (id: string) => {
    const { email, emailVerified, status } = await api<Account>('GET', `/accounts/${id}`);
    const identities = await items<{ subject: string; issuer: string; linkedBy: string }>(`/accounts/${id}/identities`);
    return {
      email,
      emailVerified,
      status,
      identities: identities.map(({ subject, issuer, linkedBy }) => ({ subject, issuer, linkedBy })),
    };
  };
  const expectUntouched = async ({
    id,
    browser,
    before,
  }: Awaited<ReturnType<typeof victimSignedIn>>): Promise<void> => {
    expect(await stateOf(id)).toEqual(before);
    expect((await sessionOf(browser, slug))?.account.id).toBe(id);
  };
  const latestRefusal = async () =>
    (await items<{ outcome: string; details: object }>('/audit-events?action=provisioning.refused'))[0];
  /** The refusal says why, in the ledger, in the steps of the attempt, and in the request for an admin. */
  const expectNeedsProof = async (status: number, because: string): Promise<void> => {
    expect(status).toBe(409);
    expect(await latestRefusal()).toMatchObject({ outcome: 'link_requires_proof', details: { because } });
    const [attempt] = await items<{ refusalCode: string; steps: { rule: string }[] }>('/sign-in-attempts');
    expect(attempt).toMatchObject({ refusalCode: 'link_requires_proof' });
    expect(attempt?.steps.at(-1)).toMatchObject({
      rule: 'linking',
      ok: false,
      received: because,
      expected: expect.any(String),
    });
    expect(JSON.stringify(attempt?.steps)).not.toContain(victim.email);
    expect((await items<{ because: string; state: string }>('/link-requests'))[0]).toMatchObject({
      because,
      state: 'open',
    });
  };

  describe('security 17: the key is organization, connection, issuer and subject', () => {
    test('another organization’s provider that asserts this address makes somebody new there', async () => {
      const person = await victimSignedIn();
      const evil = await createTestIdp('https://idp.evil.example');
      const evilAt = await createAcme(service, evil, { slug: `evil${organizations}` });
      const there = await signIn(service, evil, evilAt, attacker(), { slug: `evil${organizations}` });
      const stranger = await sessionOf(there.browser, `evil${organizations}`);
      expect(stranger?.account).toMatchObject({ email: victim.email, emailVerified: false });
      expect(stranger?.account.id).not.toBe(person.id);
      expect(await sessionOf(there.browser, slug)).toBeUndefined();
      await expectUntouched(person);
      expect(await latestRefusal()).toBeUndefined();
    });

    test('the same address with a new subject', async () => {
      const person = await victimSignedIn();
      const { status, browser } = await come(attacker());
      await expectNeedsProof(status, 'has_other_identity');
      expect(await sessionOf(browser, slug)).toBeUndefined();
      await expectUntouched(person);
    });

    test('the same subject with a new address keeps the account; another live account keeps its address', async () => {
      const person = await victimSignedIn();
      const other = await come({ ...maria, subject: 'ben', email: `ben@${slug}.example`, lastName: 'Ben' });
      const ben = await accountOf(other);
      const moved = await come({ ...maria, subject: 'ben', email: victim.email, lastName: 'Ben' });
      expect(await accountOf(moved)).toBe(ben);
      expect(await api('GET', `/accounts/${ben}`)).toMatchObject({ email: `ben@${slug}.example` });
      await expectUntouched(person);
      const renamed = await come({ ...maria, subject: 'ben', email: `benno@${slug}.example`, lastName: 'Ben' });
      expect(await accountOf(renamed)).toBe(ben);
      expect(await api('GET', `/accounts/${ben}`)).toMatchObject({ email: `benno@${slug}.example` });
    });

    test('a live account that signs in elsewhere already, also where two connections share an issuer', async () => {
      const person = await victimSignedIn();
      const second = await addConnection(service, slug, idp, { name: 'Contractors' });
      const { status } = await come(victim, second);
      await expectNeedsProof(status, 'has_other_identity');
      await expectUntouched(person);
    });

    test('an external id that is one person’s with the address of another', async () => {
      await setConnection({ attributeMapping: { externalId: 'employeeNumber' } });
      const ben = await makeAccount({ email: `ben@${slug}.example`, externalId: 'E-1' });
      await makeAccount();
      const { status } = await come({ ...attacker(), employeeNumber: 'E-1' });
      await expectNeedsProof(status, 'address_of_another_account');
      expect((await stateOf(ben.id)).identities).toEqual([]);
    });

    test('a deleted account’s address makes somebody new; the account stays deleted', async () => {
      const { id, browser } = await victimSignedIn();
      await api('DELETE', `/accounts/${id}`);
      const next = await come(attacker());
      expect(await accountOf(next)).toEqual(expect.any(String));
      expect(await accountOf(next)).not.toBe(id);
      expect(await sessionOf(browser, slug)).toBeUndefined();
      expect((await service.request('GET', `/organizations/${slug}/accounts/${id}`)).status).toBe(404);
    });

    test.each([
      ['suspend', 'account_suspended', 'suspended'],
      ['deactivate', 'account_deactivated', 'deactivated'],
    ])('an account after %s is not brought back by its address', async (step, code, status) => {
      const { id } = await makeAccount();
      await api('POST', `/accounts/${id}/${step}`);
      expect((await come(attacker())).status).toBe(403);
      expect(await latestRefusal()).toMatchObject({ outcome: code });
      expect(await stateOf(id)).toMatchObject({ status, identities: [] });
    });

    test('a sign-up that an attacker planted beforehand is nobody’s: the owner of the address gets an account of their own', async () => {
      await setConnection({ state: 'disabled' });
      const planter = service.browser();
      await planter.post(`/${slug}/signup`, { givenName: 'Ev', familyName: 'Il', email: victim.email });
      const [planted] = await items<Account>('/accounts');
      expect(planted).toMatchObject({ status: 'unconfirmed', email: victim.email });
      await setConnection({ state: 'active' });

      const owner = await come(victim);
      expect(await accountOf(owner)).not.toBe(planted?.id);
      expect(await accountOf(owner)).toEqual(expect.any(String));
      expect(await stateOf(planted?.id ?? '')).toMatchObject({ status: 'unconfirmed', identities: [] });
    });

    test('a connection that is pointed at another provider: nobody is recognised there, and all again when it is moved back', async () => {
      const person = await victimSignedIn();
      const evil = await createTestIdp('https://idp.evil.example');
      await setConnection({ metadataXml: evil.metadataXml });
      const same = await signIn(service, evil, connection, victim, { slug });
      await expectNeedsProof(same.status, 'has_other_identity');
      expect(await stateOf(person.id)).toEqual(person.before);
      await setConnection({ metadataXml: idp.metadataXml });
      expect(await accountOf(await come(victim))).toBe(person.id);
      await expectUntouched(person);
    });
  });

  describe('security 16: an address links only where it counts as verified', () => {
    test('an account with nothing but a password is linked by an address of a proved domain, and the ledger says by what', async () => {
      await setConnection({ state: 'disabled' });
      const { id } = await makeAccount({ password: PASSWORD });
      const browser = service.browser();
      await logIn(browser, victim.email, PASSWORD, slug);
      await setConnection({ state: 'active' });
      expect(await accountOf(await come(victim))).toBe(id);
      expect((await stateOf(id)).identities).toMatchObject([{ subject: 'victim', linkedBy: 'verified_email' }]);
      const [linked] = await items<{ details: object; accountId: string }>('/audit-events?action=identity.linked');
      expect(linked).toMatchObject({ accountId: id, details: { by: 'verified_email' } });
      const [attempt] = await items<{ steps: object[] }>('/sign-in-attempts');
      expect(attempt?.steps.at(-1)).toEqual({ rule: 'linking', ok: true, received: 'verified_email' });
    });

    test.each<[string, () => Promise<unknown>, string]>([
      ['the connection is trusted for none', () => setConnection({ trustEmail: 'none' }), 'unverified_email'],
      ['the policy does not link by address', () => api('PUT', '/policy', { linkBy: ['external_id'] }), 'policy'],
    ])('an account with nothing but a password stays so where %s', async (_, arrange, because) => {
      await setConnection({ state: 'disabled' });
      const { id } = await makeAccount({ password: PASSWORD });
      const browser = service.browser();
      await logIn(browser, victim.email, PASSWORD, slug);
      await setConnection({ state: 'active' });
      await arrange();
      const before = await stateOf(id);
      await expectNeedsProof((await come(attacker())).status, because);
      await expectUntouched({ id, browser, before });
    });

    test.each([
      ['nobody has proved', undefined],
      ['another organization has proved', 'theirs'],
    ])('not an address of a domain that %s', async (_, prover) => {
      const domain = `elsewhere${organizations}.example`;
      if (prover) {
        await service.api('POST', '/organizations', { slug: `${prover}${organizations}`, name: 'Theirs' });
        await service.api('POST', `/organizations/${prover}${organizations}/domains`, { domain, verified: true });
      }
      const { id } = await makeAccount({ email: `maria@${domain}` });
      await expectNeedsProof((await come(attacker(`maria@${domain}`))).status, 'unverified_email');
      expect((await stateOf(id)).identities).toEqual([]);
    });

    describe('by OpenID Connect, trusted for no domain', () => {
      const clients: ClientMetadata[] = [];
      let op: OidcOp;
      let oidc: { id: string; redirectUri: string };
      beforeAll(async () => {
        op = await startOidcOp({ clients });
      });
      afterAll(() => op.stop());
      beforeEach(async () => {
        oidc = await api('POST', '/connections', {
          ...{ kind: 'oidc', name: 'OP', issuer: op.issuer, clientId: slug, clientSecret: SECRET, state: 'active' },
          trustEmail: 'none',
        });
        clients.push({ client_id: slug, client_secret: SECRET, redirect_uris: [oidc.redirectUri] });
        op.rotateKeys();
      });

      const comeByOidc = async (claims: Record<string, unknown>) => {
        const base = { username: 'lukasz', mail: victim.email, displayName: 'M', givenName: 'M', familyName: 'S' };
        op.accounts.set('lukasz', { ...base, groups: [], claims });
        const browser = service.browser();
        const begun = await browser.get(`/${slug}/sso/${oidc.id}`);
        const back = new URL(await op.signIn(begun.location ?? '', 'lukasz'));
        return { ...(await browser.get(back.pathname + back.search)), browser };
      };

      test.each<[string, Record<string, unknown>]>([
        ['false', { email_verified: false }],
        ['missing', { email_verified: undefined }],
        ['the string "true"', { email_verified: 'true' }],
      ])('email_verified %s is not verified', async (_, claims) => {
        const { id } = await makeAccount();
        await expectNeedsProof((await comeByOidc(claims)).status, 'unverified_email');
        expect((await stateOf(id)).identities).toEqual([]);
      });

      test('email_verified true is', async () => {
        const { id } = await makeAccount();
        expect(await accountOf(await comeByOidc({ email_verified: true }))).toBe(id);
      });
    });
  });

  describe('security 18: what looks like the address is not the address', () => {
    test.each<[string, (address: string) => string]>([
      ['with a tag', (address) => address.replace('@', '+it@')],
      ['with dots', (address) => address.replace('maria', 'm.aria')],
      ['of a subdomain', (address) => address.replace('@', '@mail.')],
      ['in Cyrillic letters', (address) => address.replace('maria', 'аса')],
    ])('%s it is somebody new', async (_, disguise) => {
      const person = await victimSignedIn();
      const next = await come(attacker(disguise(victim.email)));
      expect(next.status).toBe(303);
      expect(await accountOf(next)).not.toBe(person.id);
      await expectUntouched(person);
    });

    test.each<[string, (address: string) => string]>([
      ['mixed scripts', (address) => address.replace('a', 'а')],
      ['full-width letters', (address) => address.replace('m', 'ｍ')],
      ['a soft hyphen', (address) => address.replace('@', '\u00AD@')],
      ['a second address', (address) => `${address},evil@evil.example`],
    ])('with %s it is no address', async (_, disguise) => {
      const person = await victimSignedIn();
      expect((await come(attacker(disguise(victim.email)))).status).toBe(403);
      expect(await latestRefusal()).toMatchObject({ outcome: 'missing_attribute' });
      await expectUntouched(person);
    });

    test('in capitals it is the address', async () => {
      const person = await victimSignedIn();
      await expectNeedsProof((await come(attacker(victim.email.toUpperCase()))).status, 'has_other_identity');
      await expectUntouched(person);
    });
  });

  describe('security 17: the API says what another issuer would mean before it does', () => {
    test('counts and sentences; nothing changes; the change itself says the same, and the ledger keeps it', async () => {
      await victimSignedIn();
      await makeAccount({ email: `byhand@${slug}.example` });
      await makeAccount({ email: `byhand@elsewhere.example` });
      const gone = await makeAccount({ email: `gone@${slug}.example` });
      await api('POST', `/accounts/${gone.id}/suspend`);
      const evil = await createTestIdp('https://idp.next.example');
      const change = { metadataXml: evil.metadataXml };
      const kept = await api('GET', `/connections/${connection.id}`);

      const told = await api<{ whatHappens: string[] }>('POST', `/connections/${connection.id}/preview`, change);
      const counts = { signIn: 0, linkByVerifiedEmail: 1, needLinkRequest: 2 };
      expect(told).toMatchObject({
        issuer: { before: idp.entityId, after: evil.entityId, changes: true },
        ...{ identities: 1, accounts: 1, outcomes: counts },
      });
      expect(told.whatHappens.join(' ')).toContain(`${idp.entityId} is known by: 1, of 1 accounts`);
      expect(await api('GET', `/connections/${connection.id}`)).toEqual(kept);
      expect(await items('/audit-events?action=connection.issuer_changed')).toEqual([]);

      const changed = await setConnection(change);
      expect(changed.warnings).toContainEqual({
        ...{ code: 'issuer_changed', message: told.whatHappens.join(' ') },
        counts: { identities: 1, accounts: 1, ...counts },
      });
      const [line] = await items<{ details: object }>('/audit-events?action=connection.issuer_changed');
      expect(line?.details).toEqual({
        before: idp.entityId,
        after: evil.entityId,
        identities: 1,
        accounts: 1,
        ...counts,
      });

      const outcomes = [];
      for (const email of [victim.email, `byhand@${slug}.example`, 'byhand@elsewhere.example'])
        outcomes.push((await signIn(service, evil, connection, { ...maria, subject: email, email }, { slug })).status);
      expect(outcomes).toEqual([409, 303, 409]);
      const back = await api('POST', `/connections/${connection.id}/preview`, { metadataXml: idp.metadataXml });
      expect(back).toMatchObject({ outcomes: { signIn: 1, linkByVerifiedEmail: 0, needLinkRequest: 2 } });
    });

    test('the same issuer changes nothing for anybody', async () => {
      await victimSignedIn();
      const told = await api('POST', `/connections/${connection.id}/preview`, { name: 'Renamed' });
      expect(told).toMatchObject({ issuer: { changes: false }, outcomes: { signIn: 1, needLinkRequest: 0 } });
      expect((await setConnection({ metadataXml: idp.metadataXml })).warnings).not.toContainEqual(
        expect.objectContaining({ code: 'issuer_changed' }),
      );
    });

    test('metadata that cannot be used is refused as by the change; another organization’s connection is not there', async () => {
      const ask = (organization: string, body: object) =>
        service.request('POST', `/organizations/${organization}/connections/${connection.id}/preview`, body);
      const unusable = await ask(slug, { metadataXml: '<nothing/>' });
      expect([unusable.status, unusable.json<{ code: string }>().code]).toEqual([422, 'invalid_metadata']);
      await service.api('POST', '/organizations', { slug: `other${organizations}`, name: 'Other' });
      expect((await ask(`other${organizations}`, {})).status).toBe(404);
    });
  });
});
