import { createHmac, randomUUID } from 'node:crypto';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { root, type Config } from './config';
import { createConnections } from './connections/registry';
import { AppError } from './domain/errors';
import type { Resources } from './resources';
import type { SignInDeps } from './sign-in/deps';
import { createConnectionOpener } from './sign-in/open-connection';
import { createApi } from './web/api';
import { serveAssets } from './web/assets';
import { refuseForeignForms } from './web/csrf';
import type { WebDeps } from './web/deps';
import { errorPage } from './web/errors';
import { createLanguages } from './web/languages';
import { resolveOrganization } from './web/organization';
import { createPages } from './web/pages';
import { createPassport } from './web/passport';
import { accountRoutes } from './web/routes/public/account';
import { apiDocsRoutes } from './web/routes/public/api-docs';
import { discoverRoutes } from './web/routes/public/discover';
import { healthRoutes } from './web/routes/public/health';
import { signInPage } from './web/routes/public/sign-in-page';
import { ssoRoutes } from './web/routes/public/sso';
import { securityHeaders } from './web/security-headers';
import { organizationSessions } from './web/session';
import type { SessionStore } from './web/session-store';

export interface AppParts {
  config: Config;
  resources: Resources;
  sessions: SessionStore;
  log: Logger;
  now: () => Date;
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
    createApi({ ...resources, baseUrl: config.baseUrl, bootstrapApiKey: config.bootstrapApiKey, now: parts.now, log }),
  );
  app.use(web.languages.middleware);
  app.use('/api/docs', apiDocsRoutes(web));
  app.get('/favicon.ico', (_req, res) => res.redirect(301, '/assets/mark.svg'));
  app.use(refuseForeignForms(config.baseUrl, /^\/[^/]+\/sso\/[^/]+\/(acs|slo)$/));
  app.use(discoverRoutes(web));
  app.use(
    '/:org',
    resolveOrganization(resources.db),
    organizationSessions({ store: sessions.store, secrets: web.cookieSecrets, secure: web.secure }),
    passport.session(),
    organizationRoutes(web, passport),
  );
  app.use(() => {
    throw new AppError('not_found');
  });
  app.use(errorPage(web));
  return app;
}

function organizationRoutes(web: WebDeps, passport: ReturnType<typeof createPassport>): express.Router {
  const router = express.Router({ mergeParams: true });
  router.use(signInPage(web));
  router.use('/sso/:connection', ssoRoutes(web, passport));
  router.use(accountRoutes(web));
  return router;
}

function wireWeb({ config, resources, sessions, log, now }: AppParts): WebDeps {
  const secure = config.baseUrl.startsWith('https:');
  const signIn: SignInDeps = {
    db: resources.db,
    box: resources.box,
    connections: createConnections({ fetch: resources.outbound.fetch }),
    openConnection: createConnectionOpener(resources.box),
    now,
  };
  return {
    baseUrl: config.baseUrl,
    secure,
    signIn,
    pages: createPages({ root, cacheTemplates: true }),
    languages: createLanguages({ root, secure }),
    sessionStore: sessions.store,
    cookieSecrets: resources.secretKeys.map((key) => createHmac('sha256', key).update('session cookie').digest('hex')),
    log,
  };
}

async function ready(resources: Resources, sessions: SessionStore): Promise<void> {
  await Promise.all([resources.db.query('SELECT 1'), sessions.ping()]);
}

/** One line a request; addresses without their query, which carries codes and hints (security 28). */
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
        path: req.url.split('?')[0],
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
  });
