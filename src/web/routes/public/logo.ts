import { Router } from 'express';
import { AppError } from '../../../domain/errors';
import { findLogo } from '../../../storage/logos';
import type { WebDeps } from '../../deps';
import { organizationOf } from '../../organization';

const KEPT = 'public, max-age=31536000, immutable';
const ASKED_AGAIN = 'public, no-cache';
/** Nothing in it runs, whatever a browser takes it for. */
const POLICY = "default-src 'none'; sandbox";

/** `/{org}/logo`: the organization's logo, for anybody; kept for ever under the version that its pages name. */
export function logoRoutes({ signIn }: Pick<WebDeps, 'signIn'>): Router {
  const router = Router({ mergeParams: true });
  router.get('/', async (req, res) => {
    const { id, branding } = organizationOf(req).organization;
    const logo = branding.logo && (await findLogo(signIn.db.manager, id));
    if (!logo) throw new AppError('not_found');
    res
      .set('Cache-Control', req.query.v === branding.logo ? KEPT : ASKED_AGAIN)
      .set('Content-Security-Policy', POLICY)
      .set('X-Content-Type-Options', 'nosniff')
      .set('ETag', `"${branding.logo}"`)
      .type(logo.contentType)
      .send(logo.content);
  });
  return router;
}
