import fc from 'fast-check';
import { createOidc } from '../../src/connections/oidc/oidc';
import { createOutbound } from '../../src/outbound/outbound';
import { newAttempt, oidcConnection, returned } from './oidc-connection';
import { sign, startHostileOp, type HostileOp } from './oidc-hostile-op';

let op: HostileOp;
beforeAll(async () => {
  op = await startHostileOp();
});
afterAll(() => op.stop());

const { fetch } = createOutbound({ allow: ['127.0.0.0/8'] });
const CLAIMS = { email: 'person@acme.test', email_verified: true, groups: ['staff'] };

/** One sign-in whose ID token is changed on its way. */
async function signIn(change: (token: string) => string) {
  const oidc = createOidc({ fetch });
  const connection = oidcConnection({ issuer: op.issuer });
  const attempt = newAttempt();
  const step = await oidc.begin(connection, { attempt, now: new Date() });
  op.faults = { claims: CLAIMS, idToken: async (claims) => change(await sign(op.key, claims)) };
  return oidc.complete(connection, returned(op.authorize('url' in step ? step.url : ''), attempt));
}

type Change = (token: string) => string;
const fraction = fc.nat({ max: 999_999 }).map((millionths) => millionths / 1_000_000);

const flipped = fc.tuple(fraction, fc.constantFrom(...'AZaz09-_.=+/ ')).map(([at, letter]): Change => (token) => {
  const index = Math.floor(at * token.length);
  return token.slice(0, index) + letter + token.slice(index + 1);
});
const part = fc.nat({ max: 2 });
const reordered = fc.array(part, { minLength: 1, maxLength: 5 }).map((order): Change => (token) => {
  const parts = token.split('.');
  return order.map((index) => parts[index]).join('.');
});
const member = fc.tuple(
  fc.constantFrom('sub', 'iss', 'aud', 'azp', 'nonce', 'exp', 'iat', 'email', 'alg', 'kid', 'crit', 'jwk', '__proto__'),
  fc.oneof(fc.constantFrom<unknown>('admin', 'none', 'HS256', '', true, 0, 9e9), fc.jsonValue()),
);
const rewritten = fc.tuple(fc.nat({ max: 1 }), member).map(([index, [name, value]]): Change => (token) => {
  const parts = token.split('.');
  const said = JSON.parse(Buffer.from(parts[index] ?? '', 'base64url').toString()) as Record<string, unknown>;
  parts[index] = Buffer.from(JSON.stringify({ ...said, [name]: value })).toString('base64url');
  return parts.join('.');
});

test('security 15: no mutation of an ID token yields another identity than the one signed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(flipped, reordered, rewritten), async (change) => {
      const completion = await signIn(change);
      if ('refusal' in completion) return;
      const { issuer, subject, attributes, emailVerified } = completion.identity;
      expect({ issuer, subject, attributes, emailVerified }).toEqual({
        issuer: op.issuer,
        subject: 'person-1',
        attributes: { email: ['person@acme.test'], email_verified: ['true'], groups: ['staff'] },
        emailVerified: true,
      });
    }),
    { numRuns: 120, endOnFailure: true },
  );
});
