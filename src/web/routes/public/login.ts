import { Router, type Request, type Response } from 'express';
import { ERRORS } from '../../../domain/errors';
import { wayBack } from '../../application-forms';
import type { WebDeps } from '../../deps';
import { enter } from '../../enter';
import { sendRefusal, wantsJson } from '../../errors';
import { smallForm, textOf } from '../../form';
import { homeAfterForm, homeOf } from '../../home';
import { localPath } from '../../local-path';
import { goToSecondStep } from '../../second-step';
import type { SignInPassport } from '../../strategy';
import { authenticatePassword, type PasswordResult } from '../../password-strategy';
import { visitOf } from '../../visit';
import { provenFrom, showSignIn } from './sign-in-page';

/** The longest address there is (RFC 5321, 4.5.3.1.3). */
const LONGEST_LOGIN = 254;
/** Refusals that are mended in the form itself. */
const IN_FORM = ['invalid_credentials', 'rate_limited'] as const;

/** `/{org}/login`: sign-in with a password. */
export function loginRoutes(deps: WebDeps, passport: SignInPassport): Router {
  const router = Router({ mergeParams: true });
  router.get('/login', (req, res) => loginPage(deps, req, res));
  router.post('/login', smallForm(), (req, res) => login(deps, passport, req, res));
  return router;
}

async function loginPage(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const returnTo = localPath(req.query.return_to);
  const proves = provenFrom(req.query.prove);
  // A session from before proves nothing afresh.
  if (req.user && !proves) return res.redirect(303, returnTo ?? (await homeOf(deps, req, req.user)));
  await showSignIn(deps, req, res, { asksForPassword: true, returnTo, proves, ...(proves && { notice: 'prove' }) });
}

async function login(deps: WebDeps, passport: SignInPassport, req: Request, res: Response): Promise<void> {
  const returnTo = localPath(textOf(req, 'return_to'));
  // Text in Postgres holds no NUL, and so no name does.
  const typed = textOf(req, 'login').trim().slice(0, LONGEST_LOGIN).replaceAll('\0', '');
  const password = textOf(req, 'password');
  const form = { asksForPassword: true, returnTo, proves: provenFrom(textOf(req, 'prove')), login: typed };
  if (!typed || !password) {
    if (wantsJson(req)) return sendRefusal(deps, req, res, { code: 'invalid_form' });
    res.status(ERRORS.invalid_form[0]);
    return showSignIn(deps, req, res, { ...form, error: 'empty' });
  }
  const request = { ...visitOf(deps, req, res), returnTo, login: typed, password };
  const result = await authenticatePassword(passport, req, res, request);
  if ('user' in result) {
    await enter(deps, req, res, result.user);
    return res.redirect(303, returnTo ?? (await homeAfterForm(deps, req, result.user)));
  }
  if (result.kind === 'second_factor') return goToSecondStep(deps, req, res, result, returnTo);
  return refuse(deps, req, res, result, form);
}

async function refuse(
  deps: WebDeps,
  req: Request,
  res: Response,
  { code, attemptCode: attempt, email }: Extract<PasswordResult, { kind: 'refused' }>,
  form: Parameters<typeof showSignIn>[3],
): Promise<void> {
  const error = IN_FORM.find((one) => one === code);
  if (!error || wantsJson(req)) {
    const application = await wayBack(deps, res, form.returnTo);
    return sendRefusal(deps, req, res, { code, attempt, email, application });
  }
  res.status(ERRORS[code][0]);
  return showSignIn(deps, req, res, { ...form, error });
}
