import type { Request, RequestHandler } from 'express';
import { AppError } from '../domain/errors';
import { OWNERS_SLUG, slugProblem } from '../domain/organization';
import { findOrganizationBySlug, type FoundOrganization } from '../storage/organizations';
import type { SignInConnection } from '../storage/connections';
import type { Database } from '../storage/rows';
import { findSignInPlace, type SignInPlace } from '../storage/sign-in-place';
import './request';

/**
 * Finds the organization a URL names, and the connection of a protocol URL. Pages under a slug it used to have redirect
 * (308); protocol URLs answer in place, for identity providers keep them for ever.
 */
export function resolveOrganization(db: Database): RequestHandler {
  return async (req, res, next) => {
    const slug = String(req.params.org);
    const place = slugProblem(slug) ? undefined : await findPlace(db, slug, req.path);
    if (!place) throw new AppError(slugProblem(slug) === 'reserved' ? 'not_found' : 'unknown_organization');
    const { isCurrentSlug, organization } = place.found;
    if (!isCurrentSlug && !PROTOCOL_URL.test(req.path)) {
      // Browsers keep a 308; the organization may take its old slug back.
      res.set('Cache-Control', 'no-store');
      res.redirect(308, req.originalUrl.replace(/^\/[^/?]*/, `/${organization.slug}`));
      return;
    }
    req.place = place;
    next();
  };
}

/** The owners' organization, at its reserved slug: its people sign in like any others. */
export function resolveOwners(db: Database): RequestHandler {
  return async (req, _res, next) => {
    const found = await findOrganizationBySlug(db.manager, OWNERS_SLUG);
    if (!found) throw new Error("the owners' organization is missing");
    req.place = { found };
    next();
  };
}

const PROTOCOL_URL = /^\/(sso|scim)\//;
const CONNECTION_URL = /^\/sso\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/;

async function findPlace(db: Database, slug: string, path: string): Promise<SignInPlace | undefined> {
  const connection = CONNECTION_URL.exec(path)?.[1];
  if (connection) return findSignInPlace(db.manager, slug, connection);
  const found = await findOrganizationBySlug(db.manager, slug);
  return found && { found };
}

/** The connection that a protocol URL names. @throws AppError unknown_connection */
export function connectionOf(req: Request): SignInConnection {
  if (!req.place?.connection) throw new AppError('unknown_connection');
  return req.place.connection;
}

/** The request's organization. */
export function organizationOf(req: Request): FoundOrganization {
  if (!req.place) throw new Error('this route is not below an organization');
  return req.place.found;
}
