import type { Request, RequestHandler } from 'express';
import { AppError } from '../domain/errors';
import { slugProblem } from '../domain/organization';
import { findOrganizationBySlug, type FoundOrganization } from '../storage/organizations';
import type { Database } from '../storage/rows';
import './request';

/** Finds the organization a URL names. Pages under a slug it used to have redirect (308); protocol URLs answer in place. */
export function resolveOrganization(db: Database): RequestHandler {
  return async (req, res, next) => {
    const slug = String(req.params.org);
    const found = slugProblem(slug) ? undefined : await findOrganizationBySlug(db.manager, slug);
    if (!found) throw new AppError(slugProblem(slug) === 'reserved' ? 'not_found' : 'unknown_organization');
    if (!found.isCurrentSlug && !isProtocolUrl(req)) {
      res.redirect(308, req.originalUrl.replace(`/${slug}`, `/${found.organization.slug}`));
      return;
    }
    req.found = found;
    next();
  };
}

/** Identity providers keep these addresses for ever. */
const isProtocolUrl = (req: Request): boolean => /^\/[^/]+\/(sso\/[^/]+|scim)\//.test(req.path);

/** The request's organization. */
export function organizationOf(req: Request): FoundOrganization {
  if (!req.found) throw new Error('this route is not below an organization');
  return req.found;
}
