import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import { email, line } from '../../../management/fields';
import { signUp, signupRefusalAt } from '../../../self-service/sign-up';
import type { WebDeps } from '../../deps';
import { sendRefusal, wantsJson } from '../../errors';
import { readFields, smallForm, textOf } from '../../form';
import { organizationOf } from '../../organization';
import type { FieldError } from '../../page-context';
import { show } from '../../show';
import { visitOf } from '../../visit';
import { inboxUrl } from './inbox';

const signupForm = z.object({ givenName: line(120), familyName: line(120), email });
const MOST_SHOWN = 254;

/** `/{org}/signup`: people create their own accounts, where there is no SSO and the policy lets them. */
export function signupRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/signup', (req, res) => signupPage(deps, req, res));
  router.post('/signup', smallForm(), (req, res) => signup(deps, req, res));
  return router;
}

/** Hiding the form is a courtesy; the door refuses. */
async function signupPage(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const code = await signupRefusalAt(deps.selfService, organizationOf(req));
  if (code) return sendRefusal(deps, req, res, { code });
  showForm(deps, req, res, {}, []);
}

async function signup(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const refusal = await signupRefusalAt(deps.selfService, organizationOf(req));
  if (refusal) return sendRefusal(deps, req, res, { code: refusal });
  const values = {
    givenName: textOf(req, 'givenName'),
    familyName: textOf(req, 'familyName'),
    email: textOf(req, 'email'),
  };
  const read = readFields(signupForm, values);
  if ('errors' in read) return refuseFields(deps, req, res, values, read.errors, 'invalid_form');

  const visit = visitOf(deps, req, res);
  const outcome = await signUp(deps.selfService, visit, { ...read.fields, locale: visit.language });
  if (outcome.kind === 'check_email') {
    const { email: address } = read.fields;
    return show(deps, req, res, 'check-email', { reason: 'signup', email: address, ...inboxUrl(deps, address) });
  }
  const { code } = outcome;
  if (code !== 'email_domain_not_allowed') return sendRefusal(deps, req, res, { code });
  await refuseFields(deps, req, res, values, [{ field: 'email', code }], code);
}

function refuseFields(
  deps: WebDeps,
  req: Request,
  res: Response,
  values: Readonly<Record<string, string>>,
  errors: readonly FieldError[],
  code: ErrorCode,
): Promise<void> | void {
  if (wantsJson(req)) return sendRefusal(deps, req, res, { code });
  res.status(ERRORS[code][0]);
  showForm(deps, req, res, values, errors);
}

function showForm(
  deps: WebDeps,
  req: Request,
  res: Response,
  values: Readonly<Record<string, string>>,
  errors: readonly FieldError[],
): void {
  const { organization, policy } = organizationOf(req);
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.slice(0, MOST_SHOWN)]));
  show(deps, req, res, 'signup', {
    action: linksOf(deps.baseUrl, organization).signup,
    values: shown,
    errors,
    domains: policy.selfSignupDomains,
  });
}
