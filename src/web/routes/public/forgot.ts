import { Router, type Request, type Response } from 'express';
import { normalizeEmail } from '../../../domain/email-address';
import { ERRORS } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import { forgotPassword } from '../../../self-service/forgot-password';
import type { WebDeps } from '../../deps';
import { sendRefusal, wantsJson } from '../../errors';
import { smallForm, textOf } from '../../form';
import { organizationOf } from '../../organization';
import { show } from '../../show';
import { visitOf } from '../../visit';
import { inboxUrl } from './inbox';

/** `/{org}/forgot`: a link to choose another password. Known and unknown addresses have the same answer in the same time. */
export function forgotRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/forgot', (req, res) => show(deps, req, res, 'forgot', { action: actionOf(deps, req) }));
  router.post('/forgot', smallForm(), (req, res) => forgot(deps, req, res));
  return router;
}

const actionOf = (deps: WebDeps, req: Request): string =>
  linksOf(deps.baseUrl, organizationOf(req).organization).forgot;

async function forgot(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const typed = textOf(req, 'email').trim().slice(0, 254);
  const email = normalizeEmail(typed);
  if (!email) {
    if (wantsJson(req)) return sendRefusal(deps, req, res, { code: 'invalid_form' });
    res.status(ERRORS.invalid_form[0]);
    const error = typed ? 'invalid_email' : 'empty';
    return show(deps, req, res, 'forgot', { action: actionOf(deps, req), email: typed, error });
  }
  const outcome = await forgotPassword(deps.selfService, visitOf(deps, req, res), email);
  if (outcome.kind === 'refused') return sendRefusal(deps, req, res, { code: outcome.code });
  show(deps, req, res, 'check-email', { reason: 'forgot', email, ...inboxUrl(deps, email) });
}
