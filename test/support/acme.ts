import type { SamlResponseOptions } from '../../src/demo/saml-response';
import { createSamlKey, encodePost, idpMetadataXml, samlResponseXml, type SamlKey } from '../../src/demo/saml-response';
import { inflateRawSync } from 'node:zlib';
import type { HttpClient, Reply } from './http-client';
import type { TestService } from './service';

export interface SamlConnection {
  id: string;
  signInUrl: string;
  sp: { entityId: string; acsUrl: string; sloUrl: string; metadataUrl: string; encryptionCertificate: string };
}

/** A SAML identity provider in the test's hand: says whatever the test wants it to say. */
export interface TestIdp {
  entityId: string;
  key: SamlKey;
  metadataXml: string;
}

let idpKey: Promise<SamlKey> | undefined;

/** One key serves a whole test file; making one takes a while. */
export async function createTestIdp(entityId = 'https://idp.acme.example'): Promise<TestIdp> {
  idpKey ??= createSamlKey('Test IdP');
  const key = await idpKey;
  return {
    entityId,
    key,
    metadataXml: idpMetadataXml({ entityId, ssoUrl: `${entityId}/sso`, certificates: [key.certificate] }),
  };
}

/** An organization with an active SAML connection to the test's identity provider. */
export async function createAcme(
  service: TestService,
  idp: TestIdp,
  { slug = 'acme', ...settings }: Record<string, unknown> & { slug?: string } = {},
): Promise<SamlConnection> {
  await service.api('POST', '/organizations', {
    slug,
    name: `${slug} Inc.`,
    technicalContacts: [`it@${slug}.example`],
  });
  await service.api('POST', `/organizations/${slug}/domains`, { domain: `${slug}.example`, verified: true });
  return addConnection(service, slug, idp, settings);
}

export const addConnection = (
  service: TestService,
  slug: string,
  idp: TestIdp,
  settings: Record<string, unknown> = {},
): Promise<SamlConnection> =>
  service.api<SamlConnection>('POST', `/organizations/${slug}/connections`, {
    kind: 'saml',
    name: 'Test IdP',
    metadataXml: idp.metadataXml,
    state: 'active',
    ...settings,
  });

export interface TestPerson {
  subject: string;
  email?: string;
  firstName?: string;
  lastName?: string;
  groups?: string[];
  [attribute: string]: string | string[] | undefined;
}

export const maria: TestPerson = {
  subject: 'maria-1',
  email: 'maria@acme.example',
  firstName: 'María',
  lastName: 'Suárez',
};

let newcomers = 0;

/** Somebody like this whom nobody has seen before: tests with people of their own may share an organization. */
export function newcomer(like: TestPerson): TestPerson {
  newcomers += 1;
  return { ...like, subject: `${like.subject}-${newcomers}`, email: like.email?.replace('@', `.${newcomers}@`) };
}

/** What an attempt carries: the id of our request and the key that comes back with the answer. */
export interface Begun {
  requestId: string;
  relayState: string;
}

/** The browser goes to the sign-in URL and is sent to the identity provider. */
export async function begin(
  browser: HttpClient,
  connection: SamlConnection,
  slug = 'acme',
  query = '',
): Promise<Begun> {
  const reply = await browser.get(`/${slug}/sso/${connection.id}${query}`);
  if (!reply.location)
    throw new Error(`no redirect to the identity provider: ${reply.status} ${reply.text.slice(0, 200)}`);
  return begunBy(reply.location);
}

/** What the address carries that leads to the identity provider. */
export function begunBy(address: string): Begun {
  const { searchParams } = new URL(address);
  const xml = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  return { requestId: / ID="([^"]+)"/.exec(xml)?.[1] ?? '', relayState: searchParams.get('RelayState') ?? '' };
}

/** The identity provider's answer, as the fields of its form. */
export async function answer(
  idp: TestIdp,
  connection: SamlConnection,
  { subject, email, firstName, lastName, groups, ...more }: TestPerson,
  begun: Begun | undefined,
  overrides: Partial<SamlResponseOptions> = {},
): Promise<Record<string, string>> {
  const attributes = Object.fromEntries(
    Object.entries({ email, firstName, lastName, groups, ...more }).filter(
      (entry): entry is [string, string | string[]] => entry[1] !== undefined,
    ),
  );
  const xml = await samlResponseXml(
    {
      issuer: idp.entityId,
      acsUrl: connection.sp.acsUrl,
      audience: connection.sp.entityId,
      inResponseTo: begun?.requestId,
      nameId: { value: subject, format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' },
      attributes,
      now: new Date(),
      sign: 'assertion',
      ...overrides,
    },
    idp.key,
  );
  return { SAMLResponse: encodePost(xml), ...(begun && { RelayState: begun.relayState }) };
}

/** Posts the answer from the identity provider's site; on plain http the browser then follows to the same-site GET. */
export async function deliver(
  browser: HttpClient,
  connection: SamlConnection,
  fields: Record<string, string>,
  slug = 'acme',
): Promise<Reply> {
  const posted = await browser.post(`/${slug}/sso/${connection.id}/acs`, fields, { from: 'https://idp.acme.example' });
  return posted.location?.includes('/acs?handle=') ? browser.get(posted.location) : posted;
}

/** A whole sign-in: 303 to the account page, or the page of the refusal. */
export async function signIn(
  service: TestService,
  idp: TestIdp,
  connection: SamlConnection,
  person: TestPerson,
  {
    browser = service.browser(),
    slug = 'acme',
    overrides = {},
  }: { browser?: HttpClient; slug?: string; overrides?: Partial<SamlResponseOptions> } = {},
): Promise<Reply & { browser: HttpClient }> {
  const begun = await begin(browser, connection, slug);
  const reply = await deliver(browser, connection, await answer(idp, connection, person, begun, overrides), slug);
  return { ...reply, browser };
}

export interface SessionAnswer {
  signedIn: boolean;
  account: { id: string; username: string; email: string; status: string; groups: string[]; [field: string]: unknown };
  connection: { id: string; name: string; kind: string } | null;
  expiresAt: string;
}

export const sessionOf = async (browser: HttpClient, slug = 'acme'): Promise<SessionAnswer | undefined> => {
  const reply = await browser.get(`/${slug}/session`);
  return reply.status === 200 ? reply.json<SessionAnswer>() : undefined;
};
