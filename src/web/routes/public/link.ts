import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import { email, line } from '../../../management/fields';
import { confirmEmail } from '../../../self-service/change-email';
import { choosePassword, type ChosenPassword } from '../../../self-service/choose-password';
import { mayLinkAgain, sendLinkAgain } from '../../../self-service/link-again';
import { lookAtLink, readLink, type LinkLooked, type OpenLink } from '../../../self-service/open-link';
import { signupRefusalAt } from '../../../self-service/sign-up';
import type { WebDeps } from '../../deps';
import { enter } from '../../enter';
import { sendRefusal, wantsJson } from '../../errors';
import { readFields, smallForm, textOf } from '../../form';
import { homeAfterForm } from '../../home';
import { keptRequest } from '../../kept-request';
import { localUser } from '../../local-user';
import { organizationOf } from '../../organization';
import type { FieldError } from '../../page-context';
import type { PageModels } from '../../page-models';
import { goToSecondStep } from '../../second-step';
import { show } from '../../show';
import { visitOf } from '../../visit';

const ownerForm = z.object({ name: line(200), email });

/** `/{org}/link/{token}`: e-mail links. GET and HEAD show a button; only a POST uses one up (security 19). */
export function linkRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/link/:token', (req, res) => look(deps, req, res));
  router.post('/link/:token', smallForm(), (req, res) => follow(deps, req, res));
  router.post('/link/:token/again', smallForm(), (req, res) => again(deps, req, res));
  return router;
}

const tokenOf = (req: Request): string => String(req.params.token);
const linksAt = (deps: WebDeps, req: Request) => linksOf(deps.baseUrl, organizationOf(req).organization);

async function look(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const visit = visitOf(deps, req, res);
  const { db, now } = deps.selfService;
  const looked =
    req.method === 'HEAD'
      ? await readLink(db.manager, visit, tokenOf(req), now())
      : await lookAtLink(deps.selfService, visit, tokenOf(req));
  if (looked.kind !== 'open') return turnAway(deps, req, res, looked);
  const { purpose, email: address } = looked.link;
  show(deps, req, res, 'link', {
    purpose,
    action: linksAt(deps, req).link(tokenOf(req)),
    ...(address && { email: address }),
  });
}

async function follow(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const looked = await readLink(
    deps.selfService.db.manager,
    visitOf(deps, req, res),
    tokenOf(req),
    deps.selfService.now(),
  );
  if (looked.kind !== 'open') return turnAway(deps, req, res, looked);
  if (looked.link.purpose === 'confirm_email') return confirm(deps, req, res, looked);
  const isChosen = (req.body as Record<string, unknown> | undefined)?.password !== undefined;
  return isChosen ? choose(deps, req, res, looked) : showChoice(deps, req, res, looked, { errors: [], advice: [] });
}

/** The new address counts, wherever the link was opened. */
async function confirm(deps: WebDeps, req: Request, res: Response, { link }: OpenLink): Promise<void> {
  const outcome = await confirmEmail(deps.selfService, visitOf(deps, req, res), tokenOf(req));
  if (outcome.kind !== 'changed') return turnAway(deps, req, res, outcome);
  const links = linksAt(deps, req);
  const isTheirs = req.user?.accountId === link.accountId;
  res.redirect(303, `${isTheirs ? links.account : links.signIn}?notice=email_changed`);
}

async function choose(deps: WebDeps, req: Request, res: Response, open: OpenLink): Promise<void> {
  const read = chosenOf(req, open);
  if ('errors' in read) return showWrong(deps, req, res, open, { errors: read.errors, advice: [] }, 'invalid_form');
  const outcome = await choosePassword(deps.selfService, visitOf(deps, req, res), tokenOf(req), read.chosen);
  if (outcome.kind === 'weak') {
    const { code, advice } = outcome.refusal;
    const wrong = { errors: [{ field: 'password', code }], advice };
    return showWrong(deps, req, res, open, wrong, code === 'weak_password' ? code : 'invalid_form');
  }
  if (outcome.kind !== 'chosen') return turnAway(deps, req, res, outcome);
  const kept = await keptRequest(deps, req);
  // The mailbox is no second factor.
  if (outcome.outcome.kind === 'second_factor') return goToSecondStep(deps, req, res, outcome.outcome, kept);
  const user = localUser(req, outcome.outcome);
  await enter(deps, req, res, user);
  res.redirect(303, kept ?? (await homeAfterForm(deps, req, user)));
}

function showWrong(
  deps: WebDeps,
  req: Request,
  res: Response,
  open: OpenLink,
  wrong: Pick<PageModels['choose-password'], 'errors' | 'advice'>,
  code: ErrorCode,
): Promise<void> {
  return wantsJson(req) ? sendRefusal(deps, req, res, { code }) : showChoice(deps, req, res, open, wrong);
}

/** The first owner says who they are, too. */
function chosenOf(req: Request, { person }: OpenLink): { chosen: ChosenPassword } | { errors: readonly FieldError[] } {
  const password = textOf(req, 'password');
  if (person) return { chosen: { password } };
  const read = readFields(ownerForm, { name: textOf(req, 'name'), email: textOf(req, 'email') });
  return 'errors' in read ? read : { chosen: { password, ...read.fields } };
}

async function showChoice(
  deps: WebDeps,
  req: Request,
  res: Response,
  { link, person }: OpenLink,
  wrong: Pick<PageModels['choose-password'], 'errors' | 'advice'>,
): Promise<void> {
  const { purpose } = link;
  if (purpose === 'confirm_email') throw new Error('an address is confirmed without a password');
  if (wrong.errors.length) res.status(ERRORS.invalid_form[0]);
  await keptRequest(deps, req, res);
  const typed = person ? {} : { name: textOf(req, 'name').slice(0, 254), email: textOf(req, 'email').slice(0, 254) };
  const model = { purpose, action: linksAt(deps, req).link(tokenOf(req)), ...wrong };
  show(deps, req, res, 'choose-password', { ...model, ...(person ? { email: person.email } : typed) });
}

async function again(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const outcome = await sendLinkAgain(deps.selfService, visitOf(deps, req, res), tokenOf(req));
  if (outcome.kind === 'refused') return sendRefusal(deps, req, res, { code: outcome.code });
  show(deps, req, res, 'check-email', { reason: 'link_again', ...(deps.inbox && { inboxUrl: deps.inbox }) });
}

/** Tokens that nobody was ever sent are counted; whose link is real is not held up by them (security 20). */
async function isGuessing(deps: WebDeps, req: Request, res: Response): Promise<boolean> {
  const wait = await deps.selfService.throttle.guessed('link', req.ip ?? '');
  if (wait !== undefined) res.set('Retry-After', String(wait));
  return wait !== undefined;
}

type Over = Extract<LinkLooked, { kind: 'over' }>;
const CODES = {
  expired: 'link_expired',
  used: 'link_used',
  replaced: 'link_replaced',
  revoked: 'link_revoked',
  unknown: 'unknown_link',
  elsewhere: 'unknown_link',
} as const satisfies Record<Over['found']['standing'], ErrorCode>;

/** A link that does not count, or what it was for is not possible any more. */
async function turnAway(
  deps: WebDeps,
  req: Request,
  res: Response,
  looked: Exclude<LinkLooked, { kind: 'open' }>,
): Promise<void> {
  if (looked.kind === 'refused') return sendRefusal(deps, req, res, { code: looked.code });
  const { found } = looked;
  const why = found.standing;
  if (why === 'unknown' && (await isGuessing(deps, req, res)))
    return sendRefusal(deps, req, res, { code: 'rate_limited' });
  const code = CODES[why];
  if (wantsJson(req)) return sendRefusal(deps, req, res, { code });
  const place = organizationOf(req);
  const mayNotSignUp = await signupRefusalAt(deps.selfService, place);
  const links = linksAt(deps, req);
  const { link } = found;
  const isAgain = await mayLinkAgain(deps.selfService, visitOf(deps, req, res), found);
  res.status(ERRORS[code][0]);
  show(deps, req, res, 'link-over', {
    why,
    ...(link && { purpose: link.purpose }),
    ...(isAgain && { againAction: links.linkAgain(tokenOf(req)) }),
    ...(!mayNotSignUp && { signupUrl: links.signup }),
    forgotUrl: links.forgot,
    contacts: place.organization.technicalContacts,
  });
}
