import { createHmac, randomUUID } from 'node:crypto';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { createBridge } from './bridge/bridge';
import { loadLibrary } from './bridge/load-library';
import { root, type Config } from './config';
import { createConnections } from './connections/registry';
import { tellOfBreakGlass as writeOfBreakGlass } from './credentials/tell-of-break-glass';
import { tellOfSecondFactor as writeOfSecondFactor } from './credentials/tell-of-second-factor';
import { AppError } from './domain/errors';
import { installationOf } from './installation';
import { createMailroom } from './mail/outbox';
import type { Resources } from './resources';
import type { ManagementDeps } from './management/deps';
import type { SignInDeps, TellOfBreakGlass, TellOfSecondFactor } from './sign-in/deps';
import { createConnectionOpener } from './sign-in/open-connection';
import type { Throttle } from './sign-in/throttle';
import { createApi } from './web/api';
import { serveAssets } from './web/assets';
import { bridgePages, detourByProvider } from './web/bridge-pages';
import { refuseForeignForms } from './web/csrf';
import type { WebDeps } from './web/deps';
import { createEntrance } from './web/entrance';
import { errorPage } from './web/errors';
import { createLanguages } from './web/languages';
import { leave } from './web/leave';
import { resolveOrganization, resolveOwners } from './web/organization';
import { createPages } from './web/pages';
import { createPassport } from './web/passport';
import { organizationPortal, ownersPortal } from './web/portal/routes';
import { partsRoutes } from './web/routes/dev/parts';
import { accountRoutes } from './web/routes/public/account';
import { accountCredentialRoutes } from './web/routes/public/account-credentials';
import { accountSecondFactorRoutes } from './web/routes/public/account-second-factor';
import { apiDocsRoutes } from './web/routes/public/api-docs';
import { personApplicationRoutes } from './web/routes/public/applications';
import { backchannelLogoutRoutes } from './web/routes/public/backchannel-logout';
import { discoverRoutes } from './web/routes/public/discover';
import { forgotRoutes } from './web/routes/public/forgot';
import { healthRoutes } from './web/routes/public/health';
import { interactionRoutes } from './web/routes/public/interaction';
import { linkProofRoutes } from './web/routes/public/link-proof';
import { linkRoutes } from './web/routes/public/link';
import { logoRoutes } from './web/routes/public/logo';
import { loginRoutes } from './web/routes/public/login';
import { oidcRoutes } from './web/routes/public/oidc';
import { secondStepRoutes } from './web/routes/public/second-step';
import { signInPage } from './web/routes/public/sign-in-page';
import { signupRoutes } from './web/routes/public/signup';
import { sloRoutes } from './web/routes/public/slo';
import { ssoRoutes } from './web/routes/public/sso';
import { rememberTheme } from './web/theme';
import { securityHeaders } from './web/security-headers';
import { organizationSessions } from './web/session';
import type { SessionStore } from './web/session-store';
import type { SignInPassport } from './web/strategy';
import { isOpenConnection, wayOf } from './web/way-of';

export interface AppParts {
  config: Config;
  resources: Resources;
  sessions: SessionStore;
  throttle: Throttle;
  log: Logger;
  now: () => Date;
  /** Further pages, such as the demo's; they come before the organizations'. */
  extra?: { pages: express.Router; inbox: string };
}

/** What is wired to what, and in which order a request meets it. */
export function createApp(parts: AppParts): Express {
  const { config, resources, sessions, log } = parts;
  const web = wireWeb(parts);
  const passport = createPassport(web.signIn);
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  app.set('query parser', 'simple');

  app.use(requestLog(log));
  app.use(securityHeaders(web.secure));
  app.use(healthRoutes({ ready: () => ready(resources, sessions), metricsToken: config.metricsToken }));
  app.use('/assets', serveAssets(root));
  app.use(
    '/api/v1',
    createApi({
      ...web.management,
      throttle: web.selfService.throttle,
      bootstrapApiKey: config.bootstrapApiKey,
      log,
    }),
  );
  app.use(web.languages.middleware, rememberTheme(web.secure));
  app.use('/api/docs', apiDocsRoutes(web));
  app.get('/favicon.ico', (_req, res) => res.redirect(301, '/assets/mark.svg'));
  const browserSessions = organizationSessions({ ...sessions, secrets: web.cookieSecrets, secure: web.secure });
  const enter = createEntrance(resources.db, browserSessions, passport);
  // Applications call it from anywhere; what its forms post carries a secret of the page.
  app.use('/oidc', oidcRoutes(web, enter));
  app.use(refuseForeignForms(config.baseUrl, /^\/[^/]+\/sso\/[^/]+\/(acs|slo|backchannel-logout)$/));
  if (parts.extra) app.use('/dev/parts', partsRoutes(web));
  if (parts.extra) app.use(parts.extra.pages);
  app.use(discoverRoutes(web));
  app.use('/interaction', interactionRoutes(web, enter));
  app.use('/:org/logo', resolveOrganization(resources.db), logoRoutes(web));
  app.use(
    '/admin',
    resolveOwners(resources.db),
    browserSessions,
    passport.session(),
    ownersPortal(web),
    localRoutes(web, passport),
  );
  app.use(
    '/:org',
    resolveOrganization(resources.db),
    browserSessions,
    passport.session(),
    organizationPortal(web),
    localRoutes(web, passport),
    signupRoutes(web),
    linkProofRoutes(web),
    providerRoutes(web, passport),
  );
  app.use(() => {
    throw new AppError('not_found');
  });
  app.use(errorPage(web));
  return app;
}

/** What every organization has, the owners' too: sign-in without a provider, and the person's own pages. */
function localRoutes(web: WebDeps, passport: SignInPassport): express.Router {
  const router = express.Router({ mergeParams: true });
  router.use(signInPage(web), loginRoutes(web, passport), secondStepRoutes(web));
  router.use(forgotRoutes(web), linkRoutes(web));
  router.use(personApplicationRoutes(web), accountRoutes(web), accountCredentialRoutes(web));
  router.use(accountSecondFactorRoutes(web));
  return router;
}

function providerRoutes(web: WebDeps, passport: SignInPassport): express.Router {
  const router = express.Router({ mergeParams: true });
  router.use('/sso/:connection', ssoRoutes(web, passport), sloRoutes(web), backchannelLogoutRoutes(web));
  return router;
}

function wireWeb({ config, resources, sessions, throttle, log, now, extra }: AppParts): WebDeps {
  const { baseUrl, mailFrom } = config;
  const secure = baseUrl.startsWith('https:');
  const mailroom = createMailroom({ box: resources.box, root, baseUrl, mailFrom });
  const connections = createConnections(resources.outbound);
  const tellOfBreakGlass: TellOfBreakGlass = (tx, ...what) => writeOfBreakGlass(tx, { mailroom, baseUrl }, ...what);
  const tellOfSecondFactor: TellOfSecondFactor = (tx, ...what) => writeOfSecondFactor(tx, { mailroom }, ...what);
  const signIn: SignInDeps = {
    db: resources.db,
    box: resources.box,
    connections,
    logoutTokens: connections.oidc,
    openConnection: createConnectionOpener(resources.box),
    throttle,
    tellOfBreakGlass,
    tellOfSecondFactor,
    now,
  };
  const management: ManagementDeps = { ...resources, mailroom, baseUrl, now };
  const cookieSecrets = resources.secretKeys.map((key) =>
    createHmac('sha256', key).update('session cookie').digest('hex'),
  );
  const web: WebDeps = {
    baseUrl,
    secure,
    signIn,
    bridge: createBridge({
      ...{ db: resources.db, box: resources.box, baseUrl, secure, cookieSecrets, now },
      fetch: resources.outbound.fetch,
      pages: bridgePages(() => web),
      wayOf: (pending, visitor) => wayOf(web, pending, visitor),
      isOpenConnection: (...asked) => isOpenConnection(web, ...asked),
      endSession: (req, res) => leave(web, req as express.Request, res as express.Response),
      detour: (req, res, next) => detourByProvider(web, req as express.Request, res as express.Response, next),
      loadLibrary: () => loadLibrary(log),
      log,
    }),
    management,
    installation: installationOf(config, resources, extra !== undefined),
    selfService: { db: resources.db, box: resources.box, mailroom, baseUrl, throttle, tellOfBreakGlass, now },
    ...(extra && { inbox: extra.inbox }),
    pages: createPages({ root, cacheTemplates: true }),
    languages: createLanguages({ root, secure }),
    sessionStore: sessions.store,
    cookieSecrets,
    log,
  };
  return web;
}

async function ready(resources: Resources, sessions: SessionStore): Promise<void> {
  await Promise.all([resources.db.query('SELECT 1'), sessions.ping()]);
}

/** Without the query, which carries codes and hints, and without tokens that are part of the path (security 28). */
const pathOf = (url: string): string => (url.split('?')[0] ?? '').replace(/\/(link|setup)\/[^/]+/, '/$1/…');

/** One line a request. */
const requestLog = (log: Logger) =>
  pinoHttp({
    logger: log,
    genReqId: () => randomUUID(),
    quietReqLogger: true,
    autoLogging: {
      ignore: (req) => req.url?.startsWith('/assets/') === true || req.url === '/healthz' || req.url === '/readyz',
    },
    customLogLevel: (_req, res, error) => (error || res.statusCode >= 500 ? 'error' : 'info'),
    serializers: {
      req: (req: { id: string; method: string; url: string }) => ({
        id: req.id,
        method: req.method,
        path: pathOf(req.url),
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
  });
