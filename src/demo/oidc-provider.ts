import { randomBytes, type JsonWebKey } from 'node:crypto';
import { Router, urlencoded, type Request, type Response } from 'express';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import { loadLibrary } from '../bridge/load-library';
import { isUnder } from './authn-request';
import { memoryAdapter } from './oidc-memory';
import { problemPage, signInPage } from './pages';
import { findPerson, GLOBEX_PEOPLE, type Person } from './people';

export interface OidcProviderOptions {
  origin: string;
  serviceOrigin: string;
  clientId: string;
  clientSecret: string;
  /** Private RSA key, JWK. */
  signingKey: JsonWebKey;
  log: Logger;
}

const SIGN_IN = '/oidc-sign-in';
const CALLBACK_PATH = /^\/[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/sso\/[A-Za-z0-9-]+\/callback$/;

export const oidcIssuer = (origin: string): string => `${origin}/oidc`;

const claimsOf = (person: Person) => ({
  sub: person.id,
  email: person.email,
  email_verified: true,
  name: person.displayName,
  given_name: person.givenName,
  family_name: person.familyName,
  department: person.department,
  title: person.title,
  groups: [...person.groups],
});

async function grantEverything(ctx: KoaContextWithOIDC) {
  const { client, session, requestParamOIDCScopes, provider } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
  grant.addOIDCScope([...requestParamOIDCScopes].join(' '));
  await grant.save();
  return grant;
}

function configuration(options: OidcProviderOptions): Configuration {
  return {
    adapter: memoryAdapter(),
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        // Only a placeholder: connections come and go, redirectUriAllowed decides.
        redirect_uris: [`${options.serviceOrigin}/sample/sso/sample/callback`],
      },
    ],
    allowOmittingSingleRegisteredRedirectUri: false,
    jwks: { keys: [{ ...options.signingKey, kid: 'sample', use: 'sig', alg: 'RS256' }] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    cookies: {
      keys: [randomBytes(32).toString('hex')],
      names: { session: 'sample_idp_session', interaction: 'sample_idp_sign_in', resume: 'sample_idp_resume' },
    },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    pkce: { required: () => true },
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'department', 'title'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    conformIdTokenClaims: false,
    clientBasedCORS: () => false,
    // No session is kept, so tokens must not depend on one.
    expiresWithSession: () => false,
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 3600, Session: 3600 },
    interactions: { url: (_ctx, interaction) => `${SIGN_IN}/${interaction.uid}` },
    loadExistingGrant: grantEverything,
    findAccount: (_ctx, id) => {
      const person = findPerson(GLOBEX_PEOPLE, id);
      return person && { accountId: person.id, claims: () => claimsOf(person) };
    },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = problemPage([out.error, out.error_description].filter(Boolean).join(': '));
    },
  };
}

/** The OpenID provider, built when its library is loaded: under `/oidc`, with the list of people as its sign-in page. */
export async function oidcProvider(log: Logger): Promise<(options: OidcProviderOptions) => Router> {
  const library = await loadLibrary(log);
  return (options) => {
    const provider = new library.Provider(oidcIssuer(options.origin), configuration(options));
    // Connections are made while the provider runs: any callback address of the service counts as registered.
    provider.Client.prototype.redirectUriAllowed = (uri: string) =>
      isUnder(options.serviceOrigin, uri) &&
      uri === options.serviceOrigin + new URL(uri).pathname &&
      CALLBACK_PATH.test(new URL(uri).pathname);
    provider.on('server_error', (_ctx, error) => log.warn({ err: error }, 'sample OpenID provider failed'));

    const router = Router();
    router.get(`${SIGN_IN}/:uid`, (req, res) => askWho(provider, req, res));
    router.post(`${SIGN_IN}/:uid`, urlencoded({ extended: false, limit: '16kb' }), (req, res) =>
      signIn(provider, req, res),
    );
    router.use('/oidc', provider.callback());
    return router;
  };
}

async function askWho(provider: Provider, req: Request, res: Response): Promise<void> {
  const { uid, params } = await provider.interactionDetails(req, res);
  const hinted = findPerson(GLOBEX_PEOPLE, params.login_hint === undefined ? undefined : String(params.login_hint));
  const mustAsk = String(params.prompt ?? '')
    .split(' ')
    .includes('login');
  if (hinted && !mustAsk) return finish(provider, req, res, hinted);
  res.send(signInPage({ organization: 'Globex', people: GLOBEX_PEOPLE, action: `${SIGN_IN}/${uid}`, fields: {} }));
}

async function signIn(provider: Provider, req: Request, res: Response): Promise<void> {
  await provider.interactionDetails(req, res);
  if (req.body?.cancel) {
    const result = { error: 'access_denied', error_description: 'The person cancelled the sign-in' };
    return provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
  }
  const person = findPerson(GLOBEX_PEOPLE, typeof req.body?.person === 'string' ? req.body.person : undefined);
  if (person) return finish(provider, req, res, person);
  res.status(400).send(problemPage('There is no such person here.'));
}

/** Consent goes along: `prompt=consent` would ask in a second step, for which no session is left. */
const finish = (provider: Provider, req: Request, res: Response, person: Person): Promise<void> =>
  provider.interactionFinished(req, res, { login: { accountId: person.id, amr: ['pwd'] }, consent: {} });
