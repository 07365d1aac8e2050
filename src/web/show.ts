import type { Request, Response } from 'express';
import type { WebDeps } from './deps';
import { pageOrganization } from './page-organization';
import { themeOf } from './theme';
import type { ContextOf, PageContext, PageModels, PageName } from './pages';

/** A page as HTML, for whoever answers with it. */
export const rendered = <K extends PageName>(
  deps: WebDeps,
  req: Request,
  res: Response,
  name: K,
  model: PageModels[K],
): string => deps.pages.render(name, model, contextOf(deps, req, res) as ContextOf<K>);

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
    .send(rendered(deps, req, res, name, model));
}

/** What every page is told that answers this request. */
export function contextOf(deps: WebDeps, req: Request, res: Response): PageContext {
  return {
    ...deps.languages.of(req, res),
    now: deps.signIn.now(),
    organization: req.place && pageOrganization(deps.baseUrl, req.place.found.organization),
    here: req.method === 'GET' && !isAnswer(req) ? req.originalUrl : undefined,
    requestId: String(req.id),
    theme: themeOf(req),
  };
}

/** What an identity provider answered counts once: its address is none to come back to. */
const isAnswer = (req: Request): boolean => /\/sso\/[^/]+\/(acs|callback|slo)$/.test(req.baseUrl + req.path);
