import { Router } from 'express';
import type { WebDeps } from '../../deps';
import { openApiDocument } from '../../openapi';
import { show } from '../../show';

/** `/api/docs`: the OpenAPI document, for people. */
export function apiDocsRoutes(deps: WebDeps): Router {
  const router = Router();
  const document = openApiDocument(deps.baseUrl);
  router.get('/', (req, res) => show(deps, req, res, 'api-docs', { document, documentUrl: '/api/v1/openapi.json' }));
  return router;
}
