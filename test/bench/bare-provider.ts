import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import { CLIENT, REDIRECT_URI } from './application';

/** A process of its own with nothing but oidc-provider and its in-memory storage, ES256, and one person who is always let in. */
async function main(): Promise<void> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, await configuration());
  const callback = provider.callback();
  server.on(
    'request',
    (req, res) => void (req.url?.startsWith('/interaction/') ? letIn(provider, req, res) : callback(req, res)),
  );
  process.send?.(issuer);
}

async function configuration(): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    clients: [
      {
        ...{ client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, redirect_uris: [REDIRECT_URI] },
        ...{ id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'client_secret_post' },
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'k1' }] },
    cookies: { keys: ['bench'] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 600, Session: 3600 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name'] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ ...PERSON, sub: accountId }) }),
  };
}

async function letIn(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(req, res);
  const grant = new provider.Grant({ accountId: 'maria', clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  const result = { login: { accountId: 'maria' }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(req, res, result);
}

const PERSON = {
  ...{ email: 'maria@acme.example', email_verified: true },
  ...{ name: 'María Suárez', given_name: 'María', family_name: 'Suárez' },
};

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
