import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

export interface SigningKey {
  privateKey: CryptoKey;
  jwk: JWK;
}

export async function newSigningKey(kid = 'k1', alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** What the provider does otherwise than it should. */
export interface Faults {
  metadata?: Record<string, unknown>;
  /** Members set to undefined are left out. */
  claims?: Record<string, unknown>;
  idToken?: (claims: JWTPayload) => Promise<string> | string;
  tokenResponse?: Record<string, unknown>;
  userinfo?: Record<string, unknown>;
  /** Instead of the answer at this path. */
  at?: Readonly<Record<string, RequestListener>>;
  publishedKeys?: readonly JWK[];
  /** Redeems any code for anybody. */
  ignoresPkce?: boolean;
}

export interface HostileOp {
  issuer: string;
  key: SigningKey;
  faults: Faults;
  /** `METHOD path` of every request, in order. */
  requests: string[];
  /** Lets the person in at once; yields where the browser is sent. */
  authorize(authorizationUrl: string, change?: Record<string, string | undefined>): string;
  stop(): Promise<void>;
}

export const sign = (key: SigningKey, claims: JWTPayload, header: Record<string, unknown> = {}): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: key.jwk.alg ?? 'RS256', kid: key.jwk.kid, ...header })
    .sign(key.privateKey);

/** An OpenID provider that does all that is asked, and any fault it is told to. */
export async function startHostileOp(): Promise<HostileOp> {
  let asked = new URLSearchParams();
  const server = createServer((req, res) => void answer(op, asked, req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const op: HostileOp = {
    issuer,
    key: await newSigningKey(),
    faults: {},
    requests: [],
    authorize(authorizationUrl, change = {}) {
      asked = new URL(authorizationUrl).searchParams;
      const params = { code: 'c0de', state: asked.get('state') ?? '', iss: issuer, ...change };
      return `${asked.get('redirect_uri')}?${new URLSearchParams(defined(params) as Record<string, string>)}`;
    },
    stop: () => close(server),
  };
  return op;
}

async function answer(op: HostileOp, asked: URLSearchParams, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { pathname } = new URL(req.url ?? '', op.issuer);
  op.requests.push(`${req.method} ${pathname}`);
  const fault = op.faults.at?.[pathname];
  if (fault) return void fault(req, res);
  if (pathname === '/.well-known/openid-configuration') return json(res, metadataOf(op));
  if (pathname === '/jwks') return json(res, { keys: op.faults.publishedKeys ?? [op.key.jwk] });
  if (pathname === '/userinfo') return json(res, { sub: 'person-1', ...op.faults.userinfo });
  if (pathname === '/token') return token(op, asked, new URLSearchParams(await text(req)), res);
  res.writeHead(404).end();
}

async function token(op: HostileOp, asked: URLSearchParams, form: URLSearchParams, res: ServerResponse) {
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  const isTheirs = challenge === asked.get('code_challenge') && form.get('redirect_uri') === asked.get('redirect_uri');
  if (!isTheirs && !op.faults.ignoresPkce) return json(res, { error: 'invalid_grant', error_description: 'PKCE' }, 400);
  const claims = claimsOf(op, asked);
  const idToken = op.faults.idToken ? await op.faults.idToken(claims) : await sign(op.key, claims);
  json(res, defined({ access_token: 'at', token_type: 'Bearer', id_token: idToken, ...op.faults.tokenResponse }));
}

function claimsOf(op: HostileOp, asked: URLSearchParams): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: op.issuer, aud: asked.get('client_id'), sub: 'person-1', nonce: asked.get('nonce') };
  return defined({ ...claims, iat: now, exp: now + 300, ...op.faults.claims }) as JWTPayload;
}

export const metadataOf = ({ issuer, faults }: HostileOp) =>
  defined({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
    ...faults.metadata,
  });

const defined = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

export function json(res: ServerResponse, body: unknown, status = 200): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
