import { Router, type Request, type Response } from 'express';
import { normalizeEmail } from '../../../domain/email-address';
import { ERRORS, type ErrorCode } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import { askForEmail, ownEmailRefusal } from '../../../self-service/change-email';
import { changePassword, ownPasswordRefusal } from '../../../self-service/change-password';
import { findAccount, type AccountView } from '../../../storage/accounts';
import { passwordSetAt } from '../../../storage/passwords';
import { csrfFields, requireToken } from '../../csrf';
import type { WebDeps } from '../../deps';
import { enter } from '../../enter';
import { sendRefusal } from '../../errors';
import { smallForm, textOf } from '../../form';
import { localUser } from '../../local-user';
import { organizationOf } from '../../organization';
import type { FieldError, PageModels } from '../../page-models';
import type { SignedIn } from '../../request';
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

/** Refusals of the present password. */
const IN_PASSWORD: readonly ErrorCode[] = ['invalid_credentials'];

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
  if (required.length) return showPassword(deps, req, res, user, { errors: required, advice: [] });

  const changed = await changePassword(deps.selfService, visitOf(deps, req, res), user.accountId, form);
  if (changed.kind === 'weak') {
    const { code, advice } = changed.refusal;
    return showPassword(deps, req, res, user, { errors: [{ field: 'password', code }], advice });
  }
  if (changed.kind === 'refused') return refusePassword(deps, req, res, user, changed.code);
  await enter(deps, req, localUser(req, changed.outcome));
  res.redirect(303, `${linksAt(deps, req).account}?notice=password_changed`);
}

function refusePassword(
  deps: WebDeps,
  req: Request,
  res: Response,
  user: SignedIn,
  code: ErrorCode,
): Promise<void> | void {
  if (code !== 'invalid_credentials' && code !== 'rate_limited') return sendRefusal(deps, req, res, { code });
  return showPassword(deps, req, res, user, { errors: [{ field: 'current', code }], advice: [] }, ERRORS[code][0]);
}

async function showPassword(
  deps: WebDeps,
  req: Request,
  res: Response,
  user: SignedIn,
  wrong: Pick<PageModels['change-password'], 'errors' | 'advice'>,
  status: number = ERRORS.invalid_form[0],
): Promise<void> {
  const links = linksAt(deps, req);
  if (wrong.errors.length) res.status(status);
  const { username } = await accountOf(deps, user);
  const model = { action: links.changePassword, csrf: csrfFields(req), username, accountUrl: links.account };
  show(deps, req, res, 'change-password', { ...model, ...wrong });
}

async function emailPage(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const user = signedIn(deps, req, res);
  if (!user) return;
  const code = await ownEmailRefusal(deps.selfService, organizationOf(req), user.accountId);
  if (code) return sendRefusal(deps, req, res, { code });
  await showEmail(deps, req, res, user, undefined, []);
}

async function email(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const user = signedIn(deps, req, res);
  if (!user) return;
  const typed = textOf(req, 'email').trim().slice(0, 254);
  const wanted = normalizeEmail(typed);
  const { email: present } = await accountOf(deps, user);
  const wrong = (code: string, field = 'email') => showEmail(deps, req, res, user, typed, [{ field, code }]);
  if (!wanted) return wrong(typed ? 'invalid_email' : 'required');
  if (wanted === present) return wrong('same');
  const form = { email: wanted, current: textOf(req, 'current') };
  const asked = await askForEmail(deps.selfService, visitOf(deps, req, res), user.accountId, form);
  if (asked.kind === 'refused') return wrong(asked.code, IN_PASSWORD.includes(asked.code) ? 'current' : 'email');
  show(deps, req, res, 'check-email', {
    reason: 'confirm_email',
    email: wanted,
    accountUrl: linksAt(deps, req).account,
    ...inboxUrl(deps, wanted),
  });
}

async function showEmail(
  deps: WebDeps,
  req: Request,
  res: Response,
  user: SignedIn,
  value: string | undefined,
  errors: readonly FieldError[],
): Promise<void> {
  const links = linksAt(deps, req);
  if (errors.length) res.status(ERRORS.invalid_form[0]);
  const { email: current } = await accountOf(deps, user);
  const asksPassword = (await passwordSetAt(deps.signIn.db.manager, user.organizationId, user.accountId)) !== undefined;
  const model = { action: links.changeEmail, csrf: csrfFields(req), current, asksPassword, accountUrl: links.account };
  show(deps, req, res, 'change-email', { ...model, ...(value && { value }), errors });
}

async function accountOf(deps: WebDeps, { organizationId, accountId }: SignedIn): Promise<AccountView> {
  const view = await findAccount(deps.signIn.db.manager, organizationId, accountId);
  if (!view) throw new Error(`account ${accountId} is gone`);
  return view;
}
