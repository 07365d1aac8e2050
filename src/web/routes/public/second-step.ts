import { Router, type Request, type Response } from 'express';
import { ERRORS, type ErrorCode } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import {
  completeSecondStep,
  lookAtSecondStep,
  type SecondStepOutcome,
  type SecondStepRequest,
  type SecondStepView,
} from '../../../sign-in/second-factor/complete';
import { totpUri } from '../../../sign-in/second-factor/totp';
import { allowFormToApplication, wayBack } from '../../application-forms';
import type { WebDeps } from '../../deps';
import { enter } from '../../enter';
import { sendRefusal, wantsJson } from '../../errors';
import { smallForm, textOf } from '../../form';
import { homeAfterForm, homeOf } from '../../home';
import { localPath } from '../../local-path';
import { localUser } from '../../local-user';
import { organizationOf } from '../../organization';
import type { FieldError } from '../../page-context';
import { qrCodeOf } from '../../qr-code';
import { forgetHandle, handleOf } from '../../second-step';
import { show } from '../../show';
import { visitOf } from '../../visit';

/** Refusals that are mended in the form itself. */
const IN_FORM: readonly ErrorCode[] = ['invalid_code', 'rate_limited'];

/** `/{org}/login/second-factor`: what is asked of whoever showed a right password, before a session begins. */
export function secondStepRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/login/second-factor', (req, res) => page(deps, req, res));
  router.post('/login/second-factor', smallForm(), (req, res) => answer(deps, req, res));
  return router;
}

const linksAt = (deps: WebDeps, req: Request) => linksOf(deps.baseUrl, organizationOf(req).organization);
const returnToOf = (req: Request): string | undefined =>
  localPath(req.method === 'POST' ? textOf(req, 'return_to') : req.query.return_to);
const requestOf = (deps: WebDeps, req: Request, res: Response): SecondStepRequest => ({
  ...visitOf(deps, req, res),
  returnTo: returnToOf(req),
  handle: handleOf(deps, req),
});

async function page(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const view = await lookAtSecondStep(deps.signIn, requestOf(deps, req, res));
  return view ? showStep(deps, req, res, view, []) : over(deps, req, res);
}

async function answer(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const code = textOf(req, 'code');
  if (!code.trim()) return refuseForm(deps, req, res, 'invalid_form', { field: 'code', code: 'required' });
  const outcome = await completeSecondStep(deps.signIn, { ...requestOf(deps, req, res), code });
  if (outcome.kind === 'over') return over(deps, req, res);
  if (outcome.kind === 'refused') return refuse(deps, req, res, outcome);
  const user = localUser(req, outcome);
  forgetHandle(deps, req, res);
  await enter(deps, req, res, user);
  const returnTo = returnToOf(req);
  if (!outcome.codes) return res.redirect(303, returnTo ?? (await homeAfterForm(deps, req, user)));
  const nextUrl = returnTo ?? (await homeOf(deps, req, user));
  show(deps, req, res, 'recovery-codes', { codes: outcome.codes, reason: 'enrolled', nextUrl });
}

/** Used in another tab, or expired: whoever is signed in goes on, everybody else starts again. */
async function over(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const returnTo = returnToOf(req);
  if (req.user) return res.redirect(303, returnTo ?? (await homeAfterForm(deps, req, req.user)));
  if (wantsJson(req)) return sendRefusal(deps, req, res, { code: 'attempt_expired' });
  const query = new URLSearchParams({ notice: 'attempt_expired', ...(returnTo && { return_to: returnTo }) });
  res.redirect(303, `${linksAt(deps, req).signIn}?${query}`);
}

async function refuse(
  deps: WebDeps,
  req: Request,
  res: Response,
  { code, attemptCode: attempt, email }: Extract<SecondStepOutcome, { kind: 'refused' }>,
): Promise<void> {
  if (IN_FORM.includes(code)) return refuseForm(deps, req, res, code, { field: 'code', code });
  const application = await wayBack(deps, res, returnToOf(req));
  return sendRefusal(deps, req, res, { code, attempt, email, application });
}

/** The same page again, with what was wrong. */
async function refuseForm(
  deps: WebDeps,
  req: Request,
  res: Response,
  code: ErrorCode,
  error: FieldError,
): Promise<void> {
  if (wantsJson(req)) return sendRefusal(deps, req, res, { code });
  const view = await lookAtSecondStep(deps.signIn, requestOf(deps, req, res));
  if (!view) return over(deps, req, res);
  res.status(ERRORS[code][0]);
  return showStep(deps, req, res, view, [error]);
}

async function showStep(
  deps: WebDeps,
  req: Request,
  res: Response,
  view: SecondStepView,
  errors: readonly FieldError[],
): Promise<void> {
  const { secondStep, choose } = linksAt(deps, req);
  const returnTo = returnToOf(req);
  await allowFormToApplication(deps, res, returnTo);
  const hidden = { ...(returnTo && { return_to: returnTo }) };
  if (view.step === 'enrolment') return showEnrolment(deps, req, res, view, { hidden, errors });
  const isRecovery = req.query.by === 'recovery_code' || textOf(req, 'by') === 'recovery_code';
  const by = isRecovery ? 'recovery_code' : 'app';
  const other = new URLSearchParams({ ...hidden, ...(!isRecovery && { by: 'recovery_code' }) });
  show(deps, req, res, 'second-step', {
    ...{ action: secondStep, by, errors },
    hidden: { ...hidden, ...(isRecovery && { by }) },
    otherUrl: other.size ? `${secondStep}?${other}` : secondStep,
    startOverUrl: returnTo ? `${choose}&${new URLSearchParams(hidden)}` : choose,
  });
}

function showEnrolment(
  deps: WebDeps,
  req: Request,
  res: Response,
  { secret, account }: Extract<SecondStepView, { step: 'enrolment' }>,
  form: { hidden: Readonly<Record<string, string>>; errors: readonly FieldError[] },
): void {
  const qrCode = qrCodeOf(totpUri(secret, { issuer: organizationOf(req).organization.name, account }));
  const action = linksAt(deps, req).secondStep;
  show(deps, req, res, 'enrol-second-factor', { action, secret, account, qrCode, reason: 'required', ...form });
}
