interface Registered {
  issuer: string;
  clientId: string;
  redirectUri: string;
}

/** What to paste into an application, as docs/applications has it in full. The secret comes from the environment. */
export const SNIPPETS: Readonly<Record<'express' | 'authjs' | 'apache', (application: Registered) => string>> = {
  express: ({ issuer, clientId, redirectUri }) => `import * as client from 'openid-client';

const config = await client.discovery(
  new URL('${issuer}'),
  '${clientId}',
  { id_token_signed_response_alg: 'ES256' },
  client.ClientSecretBasic(process.env.CLIENT_SECRET),
);
const verifier = client.randomPKCECodeVerifier();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: '${redirectUri}',
  scope: 'openid profile email',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state: client.randomState(),
  nonce: client.randomNonce(),
});`,
  authjs: ({ issuer, clientId }) => `export const authConfig = {
  trustHost: true,
  providers: [
    {
      id: 'drawbridge',
      name: 'Drawbridge',
      type: 'oidc',
      issuer: '${issuer}',
      clientId: '${clientId}',
      clientSecret: process.env.CLIENT_SECRET,
      checks: ['pkce', 'state', 'nonce'],
    },
  ],
};`,
  apache: ({ issuer, clientId, redirectUri }) => `OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret \${CLIENT_SECRET}
OIDCCryptoPassphrase \${RANDOM}
OIDCRedirectURI ${redirectUri}
OIDCScope "openid profile email"
OIDCPKCEMethod S256

<Location />
  AuthType openid-connect
  Require valid-user
</Location>`,
};
