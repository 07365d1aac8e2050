import type { Request, Response } from 'express';
import { linksOf } from '../domain/links';
import type { WebDeps } from './deps';
import type { ContextOf, PageContext, PageModels, PageName } from './pages';

/** Renders a page as the answer. */
export function show<K extends PageName>(
  deps: WebDeps,
  req: Request,
  res: Response,
  name: K,
  model: PageModels[K],
): void {
  res
    .set('Cache-Control', 'no-store')
    .type('html')
    .send(deps.pages.render(name, model, contextOf(deps, req, res) as ContextOf<K>));
}

function contextOf(deps: WebDeps, req: Request, res: Response): PageContext {
  return {
    ...deps.languages.of(req, res),
    now: deps.signIn.now(),
    organization: pageOrganization(deps, req),
    here: req.method === 'GET' ? req.originalUrl : undefined,
    requestId: String(req.id),
  };
}

function pageOrganization(deps: WebDeps, req: Request): PageContext['organization'] {
  if (!req.found) return undefined;
  const { organization } = req.found;
  return {
    name: organization.name,
    color: organization.branding.color,
    signInUrl: linksOf(deps.baseUrl, organization).choose,
  };
}
