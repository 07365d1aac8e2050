import { Router, type Request, type Response } from 'express';
import { linksOf } from '../../../domain/links';
import type { WebDeps } from '../../deps';
import { applicationsOf } from '../../home';
import { organizationOf } from '../../organization';
import { show } from '../../show';

/** `/{org}/applications`: what a signed-in person can go on to; with `?start=1` the page goes on by itself where there is one. */
export function personApplicationRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/applications', (req, res) => applications(deps, req, res));
  return router;
}

async function applications(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const links = linksOf(deps.baseUrl, organizationOf(req).organization);
  if (!req.user) return res.redirect(303, `${links.signIn}?return_to=${encodeURIComponent(links.applications)}`);
  const open = await applicationsOf(deps, req, req.user);
  const [only, another] = open;
  if (!only) return res.redirect(303, links.account);
  // A navigation of the page's own: form-action does not hold it.
  if (req.query.start !== undefined && !another) res.set('Refresh', `0; url=${only.url}`);
  show(deps, req, res, 'applications', { applications: open, accountUrl: links.account });
}
