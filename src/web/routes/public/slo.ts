import express, { Router, type Request, type Response } from 'express';
import type { BrowserStep, CallbackInput } from '../../../connections/connection';
import { AppError, ERRORS } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import { heldReply, holdReplyOf } from '../../../sign-in/held-reply';
import { receiveSamlLogout, type LogoutOutcome } from '../../../sign-in/receive-logout';
import { browserOf } from '../../browser';
import type { WebDeps } from '../../deps';
import { sendRefusal, wantsJson } from '../../errors';
import { connectionOf, organizationOf } from '../../organization';
import { allowFormTo } from '../../security-headers';
import { show } from '../../show';

/** A logout message with its signature is a few kilobytes. */
const MESSAGE_LIMIT = '100kb';

/** `/{org}/sso/{connection}/slo`: what a SAML identity provider asks and answers about signing out. */
export function sloRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  const form = express.urlencoded({ extended: false, limit: MESSAGE_LIMIT, parameterLimit: 10 });
  router.get('/slo', (req, res) => receiveGet(deps, req, res));
  router.post('/slo', form, (req, res) => receivePost(deps, req, res));
  return router;
}

async function receiveGet(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const { handle } = req.query;
  if (typeof handle !== 'string') return receive(deps, req, res, { method: 'GET', query: queryOf(req), body: {} });
  const held = await heldReply(deps.signIn, connectionOf(req), handle);
  await receive(deps, req, res, { method: 'POST', query: '', body: held?.body ?? {} });
}

/**
 * On plain http the browser sent no cookie along with this cross-site POST (security 10): an answer, which counts in one
 * browser only, waits for the same-site GET that a 303 leads to. A request needs no cookie.
 */
async function receivePost(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const body = (req.body as Record<string, unknown> | undefined) ?? {};
  const waits = !deps.secure && body.SAMLResponse !== undefined;
  if (!waits) return receive(deps, req, res, { method: 'POST', query: queryOf(req), body });
  const reply: CallbackInput = { method: 'POST', url: '', query: {}, body };
  const handle = await holdReplyOf(deps.signIn, connectionOf(req), reply);
  res.redirect(303, `${req.baseUrl}/slo?handle=${handle}`);
}

/** As it was sent: a signature covers how it was encoded. */
const queryOf = (req: Request): string => req.originalUrl.split('?').slice(1).join('?');

async function receive(
  deps: WebDeps,
  req: Request,
  res: Response,
  message: { method: 'GET' | 'POST'; query: string; body: Readonly<Record<string, unknown>> },
): Promise<void> {
  const record = connectionOf(req);
  const opened = deps.signIn.openConnection(record);
  if (opened.kind !== 'saml') throw new AppError('not_found');
  const outcome = await receiveSamlLogout(deps.signIn, {
    connection: opened.context,
    message,
    browser: browserOf(req, deps.secure),
    requestId: String(req.id),
  });
  switch (outcome.kind) {
    case 'ended':
      return outcome.answer ? goTo(deps, req, res, outcome.answer, record.name) : signedOut(deps, req, res);
    case 'answered':
      if (outcome.returnTo) return res.redirect(303, outcome.returnTo);
      return signedOut(deps, req, res, outcome.confirmed ? 'confirmed' : 'unconfirmed');
    case 'refused':
      return refuse(deps, req, res, outcome);
  }
}

/** Sends the browser on with a message of ours. */
export function goTo(deps: WebDeps, req: Request, res: Response, step: BrowserStep, connection: string): void {
  if (step.kind === 'redirect') return res.redirect(303, step.url);
  allowFormTo(res, new URL(step.action).origin);
  show(deps, req, res, 'posting', { ...step, connection });
}

function signedOut(deps: WebDeps, req: Request, res: Response, provider?: 'confirmed' | 'unconfirmed'): void {
  const { signIn } = linksOf(deps.baseUrl, organizationOf(req).organization);
  res.redirect(303, `${signIn}?notice=signed_out${provider ? `&provider=${provider}` : ''}`);
}

/** Whoever signed out here stays signed out, whatever an answer was worth; the page says that much and no more. */
async function refuse(
  deps: WebDeps,
  req: Request,
  res: Response,
  { code, detail }: Extract<LogoutOutcome, { kind: 'refused' }>,
): Promise<void> {
  const connection = connectionOf(req);
  deps.log.info({ requestId: req.id, connection: connection.id, code, detail }, 'logout refused');
  if (code === 'invalid_logout_request' || req.user || wantsJson(req))
    return sendRefusal(deps, req, res, { code, connection: connection.name });
  res.status(ERRORS[code][0]);
  show(deps, req, res, 'signed-out', { connection: connection.name, provider: 'unconfirmed' });
}
