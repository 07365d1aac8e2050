import { Router, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../domain/errors';
import type { ManagementDeps } from '../management/deps';
import type { BearerThrottle } from './bearer';
import { openApiDocument } from './openapi';
import { problemHandler } from './problem';
import { authenticate } from './routes/api/authenticate';
import { readBody, readFileBody, readUploadBody } from './routes/api/body';
import { apiRoutes } from './routes/api/routes';
import type { ApiRoute } from './routes/api/route';
import { serveRoute } from './routes/api/serve';

export interface ApiDeps extends ManagementDeps {
  /** A key with all rights that stands in no database. */
  bootstrapApiKey?: string;
  throttle: BearerThrottle;
  log: Pick<Logger, 'error'>;
}

/** The management API, for `/api/v1`: a key first, then the body, then the one table of routes. */
export function createApi(deps: ApiDeps): Router {
  const router = Router({ caseSensitive: true });
  const document = openApiDocument(deps.baseUrl);
  router.use(noStore);
  router.get('/openapi.json', (_req, res) => {
    res.json(document);
  });
  router.use(authenticate(deps));
  for (const { method, path, file } of apiRoutes) if (file) router[method](asExpress(path), readFileBody(file));
  for (const { method, path, upload } of apiRoutes) if (upload) router[method](asExpress(path), readUploadBody(upload));
  router.use(...readBody);
  for (const [path, routes] of byPath(apiRoutes)) {
    for (const route of routes) router[route.method](path, serveRoute(deps, route));
    router.all(path, refuseMethod(routes));
  }
  router.use(() => {
    throw new AppError('not_found');
  });
  router.use(problemHandler(deps.log));
  return router;
}

const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

const asExpress = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** Routes by path as express writes it, in the order of the table. */
function byPath(routes: readonly ApiRoute[]): ReadonlyMap<string, ApiRoute[]> {
  const paths = new Map<string, ApiRoute[]>();
  for (const route of routes) {
    const path = asExpress(route.path);
    paths.set(path, [...(paths.get(path) ?? []), route]);
  }
  return paths;
}

function refuseMethod(routes: readonly ApiRoute[]): RequestHandler {
  const methods = routes.map(({ method }) => method.toUpperCase());
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  return (_req, res) => {
    res.set('Allow', allow);
    throw new AppError('method_not_allowed');
  };
}
