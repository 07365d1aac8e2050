import type { Request, Response } from 'express';
import { linksOf } from '../../domain/links';
import { OWNERS_SLUG } from '../../domain/organization';
import type { WebDeps } from '../deps';
import { organizationOf } from '../organization';
import { show } from '../show';
import type { PortalCall } from './call';

/** What is not written into a page, and so has to be typed again. */
const NOT_KEPT = /password|secret|token|_csrf|^code$/i;

/**
 * A form that came after its session had ended, or with the token of another one. The page holds what was typed and
 * sends it once more: with the token of the session that the person has by then.
 */
export function showResume(web: WebDeps, req: Request, res: Response, call?: PortalCall): void {
  const { organization } = organizationOf(req);
  const pairs = Object.entries((req.body ?? {}) as Record<string, unknown>).flatMap(([name, values]) =>
    [values].flat().map((value) => ({ name, value: String(value) })),
  );
  const fields = pairs.filter(({ name }) => !NOT_KEPT.test(name));
  const dropped = pairs.some(({ name, value }) => name !== '_csrf' && value !== '' && NOT_KEPT.test(name));
  const { signIn } = linksOf(web.baseUrl, organization);
  res.status(call ? 200 : 401);
  show(web, req, res, 'resume', {
    action: req.originalUrl,
    fields: [...fields, ...Object.entries(call?.frame.csrf ?? {}).map(([name, value]) => ({ name, value }))],
    dropped,
    ...(!call && { signInUrl: organization.slug === OWNERS_SLUG ? `${signIn}/login` : signIn }),
  });
}
