import express, { Router, type Request, type Response } from 'express';
import { linksOf } from '../../../domain/links';
import { findOrganizationByNameOrDomain } from '../../../sign-in/home-realm';
import type { WebDeps } from '../../deps';
import { show } from '../../show';

/** `/`: from a work e-mail or an organization's name to its sign-in page. Never tells whether an account exists. */
export function discoverRoutes(deps: WebDeps): Router {
  const router = Router();
  router.get('/', (req, res) => show(deps, req, res, 'discover', {}));
  router.post('/', express.urlencoded({ extended: false, limit: '10kb', parameterLimit: 5 }), (req, res) =>
    discover(deps, req, res),
  );
  return router;
}

async function discover(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const body = (req.body ?? {}) as Record<string, unknown>;
  const value = typeof body.organization === 'string' ? body.organization.trim().slice(0, 254) : '';
  if (!value) {
    res.status(422);
    return show(deps, req, res, 'discover', { error: 'empty' });
  }
  const slug = await findOrganizationByNameOrDomain(deps.signIn.db.manager, value);
  // The sign-in page shows itself: a redirect to the identity provider after a form would run into form-action.
  if (slug) return res.redirect(303, linksOf(deps.baseUrl, { slug }).choose);
  res.status(404);
  show(deps, req, res, 'discover', { value, error: 'unknown' });
}
