import express, { Router, type Request, type Response } from 'express';
import type { Pending } from '../../../bridge/pending';
import { linksOf } from '../../../domain/links';
import { findOrganizationByNameOrDomain } from '../../../sign-in/home-realm';
import { pendingHere, wayBackOf } from '../../application-forms';
import type { WebDeps } from '../../deps';
import type { Entrance } from '../../entrance';
import { knownOrganizations } from '../../known-organizations';
import { allowFormTo } from '../../security-headers';
import { show } from '../../show';
import { wayOf } from '../../way-of';

/** `/interaction/{uid}`: what an application's request has to ask of the person: where they work, or that they may not. */
export function interactionRoutes(deps: WebDeps, enter: Entrance): Router {
  const router = Router({ mergeParams: true });
  const form = express.urlencoded({ extended: false, limit: '10kb', parameterLimit: 5 });
  router.get('/:uid', (req, res) => ask(deps, enter, req, res));
  router.post('/:uid', form, (req, res) => choose(deps, enter, req, res));
  return router;
}

async function ask(deps: WebDeps, enter: Entrance, req: Request, res: Response): Promise<void> {
  const pending = await pendingHere(deps, req, res);
  const chosen = typeof req.query.organization === 'string' ? req.query.organization : undefined;
  const visitor = await enter(req, res, chosen ?? pending.organization);
  if (chosen && visitor) await pending.choose(visitor);
  const standing = pending.standing(visitor);
  if (standing === 'refused') return showRefused(deps, req, res, pending);
  if (standing === 'choose_organization') return showChoice(deps, req, res, pending, {});
  res.redirect(303, await wayOf(deps, pending, visitor));
}

/** From what was typed to the organization. Its sign-in page shows itself: a form cannot be followed to its provider. */
async function choose(deps: WebDeps, enter: Entrance, req: Request, res: Response): Promise<void> {
  const pending = await pendingHere(deps, req, res);
  const body = (req.body ?? {}) as Record<string, unknown>;
  const value = typeof body.organization === 'string' ? body.organization.trim().slice(0, 254) : '';
  if (!value) return showChoice(deps, req, res.status(422), pending, { error: 'empty' });
  const slug = await findOrganizationByNameOrDomain(deps.signIn.db.manager, value);
  const visitor = await enter(req, res, slug);
  if (!visitor) return showChoice(deps, req, res.status(404), pending, { value, error: 'unknown' });
  await pending.choose(visitor);
  const standing = pending.standing(visitor);
  const query = new URLSearchParams({ return_to: pending.resumePath });
  const signIn = `${linksOf(deps.baseUrl, { slug: visitor.organization }).choose}&${query}`;
  res.redirect(303, standing === 'ready' && visitor.person ? pending.resumePath : signIn);
}

async function showRefused(deps: WebDeps, req: Request, res: Response, pending: Pending): Promise<void> {
  const contacts = req.place?.found.organization.technicalContacts ?? [];
  const { name, action } = await wayBackOf(res, pending);
  show(deps, req, res.status(403), 'application-refused', {
    application: name,
    action,
    contacts,
  });
}

async function showChoice(
  deps: WebDeps,
  req: Request,
  res: Response,
  pending: Pending,
  form: { value?: string; error?: 'unknown' | 'empty' },
): Promise<void> {
  allowFormTo(res, new URL(pending.redirectUri).origin);
  // None is chosen yet: the page is nobody's.
  req.place = undefined;
  const action = `/interaction/${pending.uid}`;
  const known = (await knownOrganizations(deps, req)).map(({ name, slug }) => ({
    name,
    url: `${action}?organization=${slug}`,
  }));
  const application = await pending.applicationName();
  show(deps, req, res, 'choose-organization', { application, known, action, ...form });
}
