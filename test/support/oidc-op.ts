import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import type { ClientMetadata, Configuration, JWK } from 'oidc-provider';
import { createClient } from './http-client';
import type { HttpClient } from './http-client';
import { claimsOf, subjectOf } from './oidc-accounts';
import type { OidcAccount, OidcAccounts } from './oidc-accounts';
import { finishLogin, isInteraction, showLogin } from './oidc-login';
import { PEOPLE } from './people';

export interface OidcOpOptions {
  clients: readonly ClientMetadata[];
  accounts?: readonly OidcAccount[];
  /** Changes to the provider's configuration. */
  configure?: (configuration: Configuration) => Configuration;
}

export interface OidcOp {
  issuer: string;
  /** By username; may be changed while running. */
  accounts: OidcAccounts;
  /** Signs with a new key from now on; the JWKS holds the old one too unless told to drop it. */
  rotateKeys(options?: { dropOld?: boolean }): void;
  /** Signs a person in without a browser; yields the address the OP sends the browser back to. */
  signIn(authorizationUrl: string, username: string, client?: HttpClient): Promise<string>;
  stop(): Promise<void>;
}

/** An OpenID provider for tests, on oidc-provider: a login page with a plain form, every consent given. */
export async function startOidcOp(options: OidcOpOptions): Promise<OidcOp> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const accounts = new Map(
    (options.accounts ?? PEOPLE).map<[string, OidcAccount]>((account) => [account.username, account]),
  );
  const configure = options.configure ?? ((configuration: Configuration) => configuration);

  let keys = [newKey()];
  let provider = build();
  function build(): Provider {
    return new Provider(issuer, configure(configurationOf(options.clients, accounts, keys)));
  }
  server.on('request', (req, res) => void answer(provider, accounts, req, res));

  return {
    issuer,
    accounts,
    rotateKeys: ({ dropOld = false } = {}) => {
      keys = [newKey(), ...(dropOld ? [] : keys)];
      provider = build();
    },
    signIn: (url, username, client = createClient(issuer)) => signIn(client, url, username, issuer),
    stop: () => close(server),
  };
}

async function answer(provider: Provider, accounts: OidcAccounts, req: IncomingMessage, res: ServerResponse) {
  if (!isInteraction(req)) return provider.callback()(req, res);
  try {
    await (req.method === 'POST' ? finishLogin : showLogin)(provider, accounts, req, res);
  } catch (error) {
    res.writeHead(400, { 'content-type': 'text/plain' }).end(String(error));
  }
}

const newKey = (): JWK => ({
  ...(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }) as JWK),
  kid: randomUUID(),
  use: 'sig',
  alg: 'RS256',
});

const configurationOf = (clients: readonly ClientMetadata[], accounts: OidcAccounts, keys: JWK[]): Configuration => ({
  clients: [...clients],
  jwks: { keys },
  cookies: { keys: ['test-only'] },
  features: { devInteractions: { enabled: false } },
  // As Okta, Entra ID and Google do: claims of the scopes stand in the ID token, not only in the userinfo answer.
  conformIdTokenClaims: false,
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'groups', 'oid'],
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, sub) => {
    const account = [...accounts.values()].find((one) => subjectOf(one) === sub);
    return account && { accountId: sub, claims: () => ({ sub, ...claimsOf(account) }) };
  },
  // Whoever asks is granted what is asked; consent is not what is tested here.
  loadExistingGrant: async (ctx) => {
    const { client, session, params } = ctx.oidc;
    const grant = new ctx.oidc.provider.Grant({
      clientId: client?.clientId ?? '',
      accountId: session?.accountId ?? '',
    });
    grant.addOIDCScope(String(params?.scope ?? 'openid'));
    await grant.save();
    return grant;
  },
  ttl: { Session: 3600, Grant: 3600, Interaction: 3600, AccessToken: 600, IdToken: 600 },
});

async function signIn(client: HttpClient, url: string, username: string, issuer: string): Promise<string> {
  let reply = await client.get(url);
  for (let hops = 0; hops < 10; hops += 1) {
    const next = reply.location && new URL(reply.location, reply.url);
    if (next && next.origin !== issuer) return next.href;
    if (!next && !reply.text.includes('name="username"')) break;
    reply = await (next ? client.get(next.href) : client.submit(reply, { username }));
  }
  throw new Error(`The OP sent nobody back: ${reply.status}\n${reply.text}`);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
