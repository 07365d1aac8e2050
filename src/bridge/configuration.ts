import type { Client, Configuration, JWK, KoaContextWithOIDC } from 'oidc-provider';
import { CLAIMS_BY_SCOPE, SCOPES } from '../domain/application-claims';
import { enterApplication } from '../storage/application-sessions';
import { createAdapter } from './adapter';
import { claimsOf } from './claims';
import { ownOf } from './client';
import { clientSettings } from './client-settings';
import type { BridgeDeps } from './deps';
import { grantOf } from './grant';
import { grantBehind } from './grant-behind';
import { grantIdOf } from './grant-id';
import { interactionPolicy } from './interaction';
import type { Library } from './load-library';
import { refusalOf } from './refusal';
import { keepOfflineAccess } from './scope';
import { signOut } from './sign-out';
import { visitorOf } from './visitor';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

interface Given {
  library: Library;
  keys: readonly JWK[];
  /** Where the browser goes with a pending request. */
  url: NonNullable<NonNullable<Configuration['interactions']>['url']>;
}

/** What the library is told; each part says what of it is ours. */
export function configurationOf(deps: BridgeDeps, { library, keys, url }: Given): Configuration {
  return {
    adapter: createAdapter({ ...deps, library }),
    jwks: { keys: [...keys] },
    ...clientSettings(deps),
    ...requests(deps, library),
    ...people(deps),
    ...lifetimes,
    ...pages(deps),
    cookies: cookies(deps),
    interactions: { policy: interactionPolicy(library), url },
    loadExistingGrant: (ctx) => enter(deps, ctx),
    issueRefreshToken: (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    rotateRefreshToken: () => true,
    // A grant is there as long as the session behind it: that is asked at every use already.
    expiresWithSession: () => false,
  };
}

/** Authorization code with PKCE and nothing else (RFC 9700, 2.1). */
const requests = ({ isOpenConnection }: BridgeDeps, { errors }: Library): Configuration => ({
  pkce: { required: () => true },
  allowOmittingSingleRegisteredRedirectUri: false,
  extraParams: {
    organization(ctx, asked) {
      const visitor = visitorOf(ctx.req);
      const isBrowser = ctx.oidc.route !== 'pushed_authorization_request';
      if (asked !== undefined && isBrowser && !visitor)
        throw new errors.InvalidRequest('there is no such organization');
      // Whatever it was found by, from now on the request names it.
      if (visitor && ctx.oidc.params) ctx.oidc.params.organization = visitor.organization;
      keepOfflineAccess(ctx);
    },
    async connection(ctx, asked) {
      const visitor = visitorOf(ctx.req);
      if (asked !== undefined && visitor && !(await isOpenConnection(visitor.organizationId, asked)))
        throw new errors.InvalidRequest('the organization has no such connection');
    },
  },
});

const people = (deps: BridgeDeps): Configuration => ({
  scopes: [...SCOPES],
  claims: {
    ...Object.fromEntries(Object.entries(CLAIMS_BY_SCOPE).map(([scope, claims]) => [scope, [...claims]])),
    // How and when somebody signed in stands in every ID token.
    openid: [...(CLAIMS_BY_SCOPE.openid ?? []), 'acr', 'amr', 'auth_time'],
  },
  conformIdTokenClaims: false,
  async findAccount(ctx, accountId, token) {
    const grantId = (token as { grantId?: string } | undefined)?.grantId;
    // At the authorization endpoint the session was read this moment, and no claim is told.
    if (grantId === undefined) return { accountId, claims: () => ({ sub: accountId }) };
    const source = await grantBehind(deps, ctx.req, grantId);
    if (!source || !ctx.oidc.client) return undefined;
    const claims = claimsOf(source, ownOf(ctx.oidc.client).only);
    return { accountId, claims: () => claims };
  },
});

/** Signs the application in within the session at this browser; none: it is not for this person. */
async function enter({ db, now }: BridgeDeps, ctx: KoaContextWithOIDC) {
  const visitor = visitorOf(ctx.req);
  const { client, session, provider } = ctx.oidc;
  if (!visitor?.person || !client || !session) return undefined;
  const { organizationId, person } = visitor;
  const place = { organizationId, sessionId: person.session.id, applicationId: ownOf(client).application };
  const entered = await enterApplication(db.manager, place, now());
  if (!entered) return undefined;
  const key = { organizationId, id: entered.id };
  session.authorizations = { [client.clientId]: { sid: entered.id, grantId: grantIdOf(key) } };
  return new provider.Grant(grantOf(key, entered));
}

/** Of what a token may do, none outlives the session: the grant ends with it. */
const lifetimes: Configuration = {
  ttl: {
    AuthorizationCode: MINUTE,
    AccessToken: 10 * MINUTE,
    IdToken: HOUR,
    RefreshToken: (ctx) => Math.max(1, (ctx.oidc.entities.Grant?.exp ?? 0) - Math.floor(Date.now() / 1000)),
    Interaction: HOUR,
    Session: HOUR,
    Grant: HOUR,
  },
};

const cookies = ({ secure, cookieSecrets }: BridgeDeps): Configuration['cookies'] => {
  const options = { httpOnly: true, sameSite: 'lax', secure, signed: true } as const;
  // The library binds two of them to a path, which `__Host-` does not allow.
  const [host, bound] = secure ? ['__Host-', '__Secure-'] : ['', ''];
  return {
    keys: [...cookieSecrets],
    long: options,
    short: options,
    names: {
      session: `${host}drawbridge-sign-out`,
      interaction: `${bound}drawbridge-interaction`,
      resume: `${bound}drawbridge-resume`,
    },
  };
};

const pages = (deps: BridgeDeps): Configuration => ({
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: isOwn },
    revocation: { enabled: true, allowedPolicy: isOwn },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: { enabled: false },
    dPoP: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx) => signOut(deps, ctx),
      postLogoutSuccessSource(ctx) {
        ctx.type = 'html';
        ctx.body = deps.pages.signedOut(ctx.req, ctx.res);
      },
    },
  },
  renderError(ctx, out) {
    ctx.type = 'html';
    ctx.body = deps.pages.refused(ctx.req, ctx.res, refusalOf(out));
  },
});

/** Nobody is told of, or ends, another application's tokens. */
const isOwn = (_ctx: KoaContextWithOIDC, { clientId }: Client, token: { clientId?: string }): boolean =>
  token.clientId === clientId;
