import { UnsecuredJWT } from 'jose';
import type { CompleteInput, ConnectionContext } from '../../src/connections/connection';
import { createOidc } from '../../src/connections/oidc/oidc';
import type { OidcSettings } from '../../src/connections/oidc/settings';
import { createOutbound } from '../../src/outbound/outbound';
import {
  filled,
  readDeclarations,
  type Declaration,
  type InvalidDeclaration,
  type Run,
  type ValidDeclaration,
} from '../fixtures/oidc/corpus';
import { published, tampered, tokenBy } from '../fixtures/oidc/tokens';
import { newAttempt, oidcConnection, returned } from './oidc-connection';
import { newSigningKey, startHostileOp, type Faults, type HostileOp } from './oidc-hostile-op';

let op: HostileOp;
let key: HostileOp['key'];
let stranger: HostileOp['key'];
beforeAll(async () => {
  op = await startHostileOp();
  key = op.key;
  stranger = await newSigningKey('k1');
});
afterAll(() => op.stop());
beforeEach(() => void Object.assign(op, { faults: {}, requests: [], key }));

const { fetch } = createOutbound({ allow: ['127.0.0.0/8'] });

/** Begins a sign-in; yields what the browser is told and what we remember. */
async function begin(connection: ConnectionContext<OidcSettings>) {
  const oidc = createOidc({ fetch });
  const attempt = newAttempt();
  const step = await oidc.begin(connection, { attempt, now: new Date() });
  if (step.kind !== 'redirect') throw new Error('OIDC begins with a redirect');
  return { oidc, connection, attempt, url: step.url };
}

/** The faults of a declaration; those of the provider's document count from the beginning. */
function faultsOf(declared: Declaration, run: Run, other: HostileOp['key']): Faults {
  const { metadata, claims, header, tamper, tokenResponse, publishedKeys, userinfo } = declared;
  const idToken: Faults['idToken'] = async (said) => {
    if (declared.idToken !== undefined) return declared.idToken;
    const token = await tokenBy(declared.signedBy, { published: op.key, stranger: other }, said, filled(header, run));
    return tamper ? tampered(tamper, token, op.key, said) : token;
  };
  return {
    idToken,
    ...(metadata && { metadata: filled(metadata, run) }),
    ...(claims && { claims: filled(claims, run) }),
    ...(tokenResponse && { tokenResponse: filled(tokenResponse, run) }),
    ...(userinfo && { userinfo: filled(userinfo, run) }),
    ...(publishedKeys && { publishedKeys: published(publishedKeys, op.key, stranger) }),
    ...(declared.ignoresPkce && { ignoresPkce: true }),
    ...(declared.userinfoAs && {
      at: {
        '/userinfo': (_req, res) =>
          res.writeHead(200, { 'content-type': 'application/jwt' }).end(new UnsecuredJWT({ sub: 'person-1' }).encode()),
      },
    }),
  };
}

/** Another attempt whose code is brought to ours: begun at this connection, or at one of a sibling's or a stranger's. */
async function urlOf(owner: NonNullable<Declaration['codeOf']>, connection: ConnectionContext<OidcSettings>) {
  const other = oidcConnection({ issuer: op.issuer });
  if (owner === 'attempt') return (await begin(connection)).url;
  const organizationId = owner === 'connection' ? connection.organizationId : other.organizationId;
  return (await begin({ ...other, organizationId })).url;
}

async function signIn(declared: Declaration) {
  const connection = oidcConnection({ issuer: op.issuer, ...declared.settings });
  if (declared.key) op.key = await newSigningKey('k1', declared.key);
  const known: Run = { issuer: op.issuer, nonce: '', state: '', stranger: stranger.jwk };
  op.faults = { metadata: filled(declared.metadata, known) };
  const { oidc, attempt, url } = await begin(connection);
  const run = { ...known, nonce: attempt.nonce, state: attempt.relay };
  // Made before anybody waits for it.
  const isOther = declared.signedBy === 'another algorithm';
  const other = isOther ? await newSigningKey('k1', String(declared.header?.['alg'])) : stranger;
  op.faults = faultsOf(declared, run, other);

  const callback = filled(declared.callback, { ...run, state: attempt.relay });
  const asked = declared.codeOf ? await urlOf(declared.codeOf, connection) : url;
  const answer = new URL(op.authorize(asked));
  const address = declared.codeOf ? connection.endpoints.redirectUri : `${answer.origin}${answer.pathname}`;
  const back = returned(`${address}${answer.search}`, attempt);
  const query = defined({ ...back.reply.query, ...(declared.codeOf && { state: attempt.relay }), ...callback });
  const reply: CompleteInput['reply'] = { ...back.reply, query, ...(declared.method && { method: declared.method }) };
  return oidc.complete(connection, { ...back, reply, attempt: declared.attempt ? undefined : attempt });
}

const defined = (query: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));

describe.each(readDeclarations<InvalidDeclaration>('invalid'))('%s', (_requirement, declarations) => {
  test.each(declarations)('refuses %s', async (_file, declared) => {
    const completion = await signIn(declared);
    const { rule, code = 'invalid_assertion' } = declared;

    expect(completion).not.toHaveProperty('identity');
    expect(completion).toMatchObject({ refusal: { code, rule } });
    expect(completion.steps.at(-1)).toMatchObject({ rule, ok: false });
    expect(completion.steps.slice(0, -1).every(({ ok }) => ok)).toBe(true);
    // No address that a token names is ever asked.
    expect(op.requests.filter((request) => request.includes('evil'))).toEqual([]);
  });
});

describe.each(readDeclarations<ValidDeclaration>('valid'))('%s', (_requirement, declarations) => {
  test.each(declarations)('accepts %s', async (_file, declared) => {
    const { subject, emailVerified } = declared;
    expect(await signIn(declared)).toMatchObject({ identity: { issuer: op.issuer, subject, emailVerified } });
  });
});
