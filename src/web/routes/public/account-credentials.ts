import { Router, type Request, type Response } from 'express';
import { normalizeEmail } from '../../../domain/email-address';
import { ERRORS, type ErrorCode } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import { askForEmail, ownEmailRefusal } from '../../../self-service/change-email';
import { changePassword, ownPasswordRefusal } from '../../../self-service/change-password';
import { findAccount, type AccountView } from '../../../storage/account-views';
import { passwordSetAt } from '../../../storage/passwords';
import { csrfFields, requireToken } from '../../csrf';
import type { WebDeps } from '../../deps';
import { enter } from '../../enter';
import { sendRefusal, wantsJson } from '../../errors';
import { smallForm, textOf } from '../../form';
import { localUser } from '../../local-user';
import { organizationOf } from '../../organization';
import type { FieldError } from '../../page-context';
import type { PageModels } from '../../page-models';
import type { SignedIn } from '../../request';
import { goToSecondStep } from '../../second-step';
import { show } from '../../show';
import { visitOf } from '../../visit';
import { inboxUrl } from './inbox';

/** `/{org}/account/password` and `/{org}/account/email`: what a signed-in person may change about how they sign in. */
export function accountCredentialRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/account/password', (req, res) => passwordPage(deps, req, res));
  router.post('/account/password', smallForm(), requireToken, (req, res) => password(deps, req, res));
  router.get('/account/email', (req, res) => emailPage(deps, req, res));
  router.post('/account/email', smallForm(), requireToken, (req, res) => email(deps, req, res));
  return router;
}

const linksAt = (deps: WebDeps, req: Request) => linksOf(deps.baseUrl, organizationOf(req).organization);

/** The person, or their way to the sign-in page. */
function signedIn(deps: WebDeps, req: Request, res: Response): SignedIn | undefined {
  if (!req.user) res.redirect(303, `${linksAt(deps, req).signIn}?notice=session_ended`);
  return req.user;
}

async function passwordPage(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const user = signedIn(deps, req, res);
  if (!user) return;
  const code = await ownPasswordRefusal(deps.selfService, organizationOf(req), user.accountId);
  if (code) return sendRefusal(deps, req, res, { code });
  await showPassword(deps, req, res, user, { errors: [], advice: [] });
}

async function password(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const user = signedIn(deps, req, res);
  if (!user) return;
  const form = { current: textOf(req, 'current'), password: textOf(req, 'password') };
  const missing = (['current', 'password'] as const).filter((field) => !form[field]);
  const required = missing.map((field) => ({ field, code: 'required' }));
  if (required.length) return refusePassword(deps, req, res, user, { errors: required, advice: [] }, 'invalid_form');

  const who = { accountId: user.accountId, sessionId: user.session.id };
  const changed = await changePassword(deps.selfService, visitOf(deps, req, res), who, form);
  if (changed.kind === 'weak') {
    const { code, advice } = changed.refusal;
    const wrong = { errors: [{ field: 'password', code }], advice };
    return refusePassword(deps, req, res, user, wrong, code === 'weak_password' ? code : 'invalid_form');
  }
  if (changed.kind === 'refused') {
    const { code } = changed;
    if (code !== 'invalid_credentials' && code !== 'rate_limited') return sendRefusal(deps, req, res, { code });
    return refusePassword(deps, req, res, user, { errors: [{ field: 'current', code }], advice: [] }, code);
  }
  const next = `${linksAt(deps, req).account}?notice=password_changed`;
  if (changed.outcome.kind === 'second_factor') return goToSecondStep(deps, req, res, changed.outcome, next);
  await enter(deps, req, res, localUser(req, changed.outcome));
  res.redirect(303, next);
}

function refusePassword(
  deps: WebDeps,
  req: Request,
  res: Response,
  user: SignedIn,
  wrong: Pick<PageModels['change-password'], 'errors' | 'advice'>,
  code: ErrorCode,
): Promise<void> {
  if (wantsJson(req)) return sendRefusal(deps, req, res, { code });
  res.status(ERRORS[code][0]);
  return showPassword(deps, req, res, user, wrong);
}

async function showPassword(
  deps: WebDeps,
  req: Request,
  res: Response,
  user: SignedIn,
  wrong: Pick<PageModels['change-password'], 'errors' | 'advice'>,
): Promise<void> {
  const links = linksAt(deps, req);
  const { username } = await accountOf(deps, user);
  const model = { action: links.changePassword, csrf: csrfFields(req), username, accountUrl: links.account };
  show(deps, req, res, 'change-password', { ...model, ...wrong });
}

async function emailPage(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const user = signedIn(deps, req, res);
  if (!user) return;
  const code = await ownEmailRefusal(deps.selfService, organizationOf(req), user.accountId);
  if (code) return sendRefusal(deps, req, res, { code });
  await showEmail(deps, req, res, user, { errors: [] });
}

async function email(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const user = signedIn(deps, req, res);
  if (!user) return;
  const typed = textOf(req, 'email').trim().slice(0, 254);
  const wanted = normalizeEmail(typed);
  const { email: present } = await accountOf(deps, user);
  const wrong = (error: FieldError, code: ErrorCode = 'invalid_form') =>
    refuseEmail(deps, req, res, user, { value: typed, errors: [error] }, code);
  if (!wanted) return wrong({ field: 'email', code: typed ? 'invalid_email' : 'required' });
  if (wanted === present) return wrong({ field: 'email', code: 'same' });
  const form = { email: wanted, current: textOf(req, 'current') };
  const asked = await askForEmail(deps.selfService, visitOf(deps, req, res), user.accountId, form);
  if (asked.kind === 'refused') {
    const { code } = asked;
    if (code === 'invalid_credentials') return wrong({ field: 'current', code }, code);
    return code === 'rate_limited' ? wrong({ field: 'email', code }, code) : sendRefusal(deps, req, res, { code });
  }
  show(deps, req, res, 'check-email', {
    reason: 'confirm_email',
    email: wanted,
    accountUrl: linksAt(deps, req).account,
    ...inboxUrl(deps, wanted),
  });
}

type TypedEmail = Pick<PageModels['change-email'], 'value' | 'errors'>;

async function refuseEmail(
  deps: WebDeps,
  req: Request,
  res: Response,
  user: SignedIn,
  typed: TypedEmail,
  code: ErrorCode,
): Promise<void> {
  if (wantsJson(req)) return sendRefusal(deps, req, res, { code });
  res.status(ERRORS[code][0]);
  return showEmail(deps, req, res, user, typed);
}

async function showEmail(deps: WebDeps, req: Request, res: Response, user: SignedIn, typed: TypedEmail): Promise<void> {
  const links = linksAt(deps, req);
  const { email: current } = await accountOf(deps, user);
  const asksPassword = (await passwordSetAt(deps.signIn.db.manager, user.organizationId, user.accountId)) !== undefined;
  const model = { action: links.changeEmail, csrf: csrfFields(req), current, asksPassword, accountUrl: links.account };
  show(deps, req, res, 'change-email', { ...model, ...typed });
}

async function accountOf(deps: WebDeps, { organizationId, accountId }: SignedIn): Promise<AccountView> {
  const view = await findAccount(deps.signIn.db.manager, organizationId, accountId);
  if (!view) throw new Error(`account ${accountId} is gone`);
  return view;
}
