import { Router, type Request, type Response } from 'express';
import { ERRORS, type ErrorCode } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import {
  confirmOwnEnrolment,
  openOwnEnrolment,
  ownSecondFactor,
  removeOwnSecondFactor,
  renewOwnCodes,
  type OwnSecondFactor,
  type OwnVisit,
} from '../../../self-service/second-factor';
import { totpUri } from '../../../sign-in/second-factor/totp';
import { findAccount } from '../../../storage/account-views';
import { csrfFields, requireToken } from '../../csrf';
import type { WebDeps } from '../../deps';
import { sendRefusal, wantsJson } from '../../errors';
import { smallForm, textOf } from '../../form';
import { organizationOf } from '../../organization';
import type { FieldError } from '../../page-context';
import type { PageModels } from '../../page-models';
import { qrCodeOf } from '../../qr-code';
import { show } from '../../show';
import { visitOf } from '../../visit';

/** `/{org}/account/second-factor`: a signed-in person sets up, renews and removes what is asked beside the password. */
export function accountSecondFactorRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  const path = '/account/second-factor';
  const own = (handle: Handler) => (req: Request, res: Response) => asOwn(deps, req, res, handle);
  router.get(path, own(enrolmentPage));
  router.post(path, smallForm(), requireToken, own(enrol));
  router.get(`${path}/recovery-codes`, own(changePage('renew')));
  router.post(`${path}/recovery-codes`, smallForm(), requireToken, own(renew));
  router.get(`${path}/remove`, own(changePage('remove')));
  router.post(`${path}/remove`, smallForm(), requireToken, own(removeIt));
  return router;
}

/** The request of a person with a password, and how their second factor stands. */
interface Own {
  deps: WebDeps;
  req: Request;
  res: Response;
  visit: OwnVisit;
  factor: OwnSecondFactor;
}
type Handler = (own: Own) => void | Promise<void>;

const linksAt = ({ deps, req }: Pick<Own, 'deps' | 'req'>) => linksOf(deps.baseUrl, organizationOf(req).organization);

async function asOwn(deps: WebDeps, req: Request, res: Response, handle: Handler): Promise<void> {
  const { user } = req;
  if (!user) return res.redirect(303, `${linksAt({ deps, req }).signIn}?notice=session_ended`);
  const visit = { ...visitOf(deps, req, res), accountId: user.accountId, sessionId: user.session.id };
  const factor = await ownSecondFactor(deps.selfService, visit, user.accountId);
  if (!factor) return sendRefusal(deps, req, res, { code: 'not_found' });
  return handle({ deps, req, res, visit, factor });
}

const enrolmentPage: Handler = (own) => showEnrolment(own, []);

async function enrol(own: Own): Promise<void> {
  const { deps, req, visit } = own;
  const form = { code: textOf(req, 'code'), proof: textOf(req, 'proof') };
  const missing = (['code', 'proof'] as const).filter((field) => !form[field].trim());
  if (missing.length) return refuse(own, 'invalid_form', (errors) => showEnrolment(own, errors), ...missing);
  const outcome = await confirmOwnEnrolment(deps.selfService, visit, form);
  if (outcome.kind === 'enrolled') return showCodes(own, outcome.codes, 'enrolled');
  const { field, code } = outcome;
  return refuse(own, code, (errors) => showEnrolment(own, errors), field);
}

const changePage =
  (what: 'renew' | 'remove'): Handler =>
  (own) =>
    own.factor.enrolledAt ? showChange(own, what, []) : sendRefusal(own.deps, own.req, own.res, { code: 'not_found' });

async function renew(own: Own): Promise<void> {
  const { deps, req, res, visit, factor } = own;
  if (!factor.enrolledAt) return sendRefusal(deps, req, res, { code: 'not_found' });
  const proof = textOf(req, 'proof');
  const again = (errors: readonly FieldError[]) => showChange(own, 'renew', errors);
  if (!proof.trim()) return refuse(own, 'invalid_form', again, 'proof');
  const outcome = await renewOwnCodes(deps.selfService, visit, proof);
  return outcome.kind === 'renewed'
    ? showCodes(own, outcome.codes, 'renewed')
    : refuse(own, outcome.code, again, 'proof');
}

async function removeIt(own: Own): Promise<void> {
  const { deps, req, res, visit, factor } = own;
  if (!factor.enrolledAt) return sendRefusal(deps, req, res, { code: 'not_found' });
  const proof = textOf(req, 'proof');
  const again = (errors: readonly FieldError[]) => showChange(own, 'remove', errors);
  if (!proof.trim()) return refuse(own, 'invalid_form', again, 'proof');
  const outcome = await removeOwnSecondFactor(deps.selfService, visit, proof);
  if (outcome.kind === 'removed') return res.redirect(303, `${linksAt(own).account}?notice=second_factor_removed`);
  if (outcome.code === 'second_factor_required') return sendRefusal(deps, req, res, { code: outcome.code });
  return refuse(own, outcome.code, again, 'proof');
}

/** The form again, with what is wrong with these fields. */
async function refuse(
  { deps, req, res }: Own,
  code: ErrorCode,
  again: (errors: readonly FieldError[]) => void | Promise<void>,
  ...fields: readonly string[]
): Promise<void> {
  if (wantsJson(req)) return sendRefusal(deps, req, res, { code });
  res.status(ERRORS[code][0]);
  return again(fields.map((field) => ({ field, code: code === 'invalid_form' ? 'required' : code })));
}

async function showEnrolment(own: Own, errors: readonly FieldError[]): Promise<void> {
  const { deps, req, res, visit, factor } = own;
  const secret = await openOwnEnrolment(deps.selfService, visit);
  const account = await findAccount(deps.signIn.db.manager, visit.organization.id, visit.accountId);
  if (!account) throw new Error(`account ${visit.accountId} is gone`);
  const { email, username } = account;
  const links = linksAt(own);
  const model: PageModels['enrol-second-factor'] = {
    ...{ action: links.secondFactor, hidden: csrfFields(req), cancelUrl: links.account },
    ...{ secret, account: email, username, errors },
    qrCode: qrCodeOf(totpUri(secret, { issuer: visit.organization.name, account: email })),
    reason: factor.enrolledAt ? 'replaced' : 'wanted',
    proof: factor.enrolledAt ? 'code' : 'password',
  };
  show(deps, req, res, 'enrol-second-factor', model);
}

function showChange(own: Own, what: 'renew' | 'remove', errors: readonly FieldError[]): void {
  const { deps, req, res } = own;
  const links = linksAt(own);
  const action = what === 'renew' ? links.renewRecoveryCodes : links.removeSecondFactor;
  const model = { what, action, csrf: csrfFields(req), errors, accountUrl: links.account };
  show(deps, req, res, 'change-second-factor', model);
}

function showCodes(own: Own, codes: readonly string[], reason: PageModels['recovery-codes']['reason']): void {
  show(own.deps, own.req, own.res, 'recovery-codes', { codes, reason, nextUrl: linksAt(own).account });
}
