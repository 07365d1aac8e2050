import express, { Router, type Request, type Response } from 'express';
import { ConnectionUnavailable } from '../../../connections/connection-unavailable';
import { saml } from '../../../connections/saml/saml';
import type { CallbackInput } from '../../../connections/connection';
import { AppError, ERRORS } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import { heldReply, holdReplyOf } from '../../../sign-in/held-reply';
import { findConnection, type ConnectionRecord } from '../../../storage/connections';
import { bindBrowser, browserOf, mayRestart } from '../../browser';
import type { WebDeps } from '../../deps';
import { showRefusal } from '../../errors';
import { localPath } from '../../local-path';
import { organizationOf } from '../../organization';
import { authenticate, logIn, type SignInPassport, type StrategyResult } from '../../passport';
import { allowFormTo } from '../../security-headers';
import { show } from '../../show';

/** base64 of 700 kB of XML, percent-encoded, and a RelayState. */
const REPLY_LIMIT = '2mb';
/** States in which people sign in. */
const OPEN_STATES = ['pilot', 'active', 'required'];

/** `/{org}/sso/{connection}`: begin, and the addresses an identity provider was given. */
export function ssoRoutes(deps: WebDeps, passport: SignInPassport): Router {
  const router = Router({ mergeParams: true });
  const form = express.urlencoded({ extended: false, limit: REPLY_LIMIT, parameterLimit: 10 });

  router.get('/', (req, res) => begin(deps, passport, req, res));
  router.get('/metadata', (req, res) => metadata(deps, req, res));
  router.post('/acs', form, (req, res) => receivePost(deps, passport, req, res));
  router.get('/acs', (req, res) => receiveHeld(deps, passport, req, res));
  router.get('/callback', (req, res) => receive(deps, passport, req, res, replyOf(deps, req)));
  return router;
}

async function connectionOf(deps: WebDeps, req: Request): Promise<ConnectionRecord> {
  const id = String(req.params.connection);
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  const connection = isUuid
    ? await findConnection(deps.signIn.db.manager, organizationOf(req).organization.id, id)
    : undefined;
  if (!connection) throw new AppError('unknown_connection');
  return connection;
}

async function openConnectionOf(deps: WebDeps, req: Request): Promise<ConnectionRecord> {
  const connection = await connectionOf(deps, req);
  if (!OPEN_STATES.includes(connection.state)) throw new AppError('connection_disabled');
  return connection;
}

async function begin(deps: WebDeps, passport: SignInPassport, req: Request, res: Response): Promise<void> {
  const connection = await openConnectionOf(deps, req);
  const loginHint = typeof req.query.login_hint === 'string' ? req.query.login_hint.slice(0, 254) : undefined;
  const browser = bindBrowser(req, res, deps.secure);
  const start = { browser, returnTo: localPath(req.query.return_to), loginHint };
  try {
    await answer(
      deps,
      req,
      res,
      connection,
      await authenticate(passport, req, res, { connection, ...about(req), begin: start }),
    );
  } catch (error) {
    if (!(error instanceof ConnectionUnavailable)) throw error;
    deps.log.warn({ requestId: req.id, connection: connection.id, detail: error.message }, 'connection unavailable');
    refuse(deps, req, res, connection, { kind: 'refused', code: 'connection_unavailable' });
  }
}

async function metadata(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const opened = deps.signIn.openConnection(await connectionOf(deps, req));
  if (opened.kind !== 'saml') throw new AppError('not_found');
  res
    .type('application/samlmetadata+xml')
    .set('Cache-Control', 'public, max-age=300')
    .send(saml.metadata(opened.context));
}

/**
 * Security 10: on plain http the browser sent no cookie with this cross-site POST; the reply waits for the same-site
 * GET that a 303 leads to.
 */
async function receivePost(deps: WebDeps, passport: SignInPassport, req: Request, res: Response): Promise<void> {
  const reply = replyOf(deps, req);
  if (deps.secure) return receive(deps, passport, req, res, reply);
  const connection = await openConnectionOf(deps, req);
  const handle = await holdReplyOf(deps.signIn, connection, reply);
  res.redirect(303, `${req.baseUrl}/acs?handle=${handle}`);
}

async function receiveHeld(deps: WebDeps, passport: SignInPassport, req: Request, res: Response): Promise<void> {
  const connection = await openConnectionOf(deps, req);
  const handle = typeof req.query.handle === 'string' ? req.query.handle : '';
  const reply = handle && (await heldReply(deps.signIn, connection, handle));
  if (!reply) return refuse(deps, req, res, connection, { kind: 'refused', code: 'attempt_used' });
  await receive(deps, passport, req, res, reply);
}

async function receive(
  deps: WebDeps,
  passport: SignInPassport,
  req: Request,
  res: Response,
  reply: CallbackInput,
): Promise<void> {
  const connection = await openConnectionOf(deps, req);
  const complete = { browser: browserOf(req, deps.secure), reply };
  await answer(
    deps,
    req,
    res,
    connection,
    await authenticate(passport, req, res, { connection, ...about(req), complete }),
  );
}

async function answer(
  deps: WebDeps,
  req: Request,
  res: Response,
  connection: ConnectionRecord,
  result: StrategyResult,
): Promise<void> {
  switch (result.kind) {
    case 'step':
      if (result.step.kind === 'redirect') return res.redirect(302, result.step.url);
      allowFormTo(res, new URL(result.step.action).origin);
      return show(deps, req, res, 'posting', { ...result.step, connection: connection.name });
    case 'signed_in': {
      await logIn(req, result.user);
      return res.redirect(
        303,
        result.outcome.returnTo ?? linksOf(deps.baseUrl, organizationOf(req).organization).account,
      );
    }
    case 'restart':
      return restart(deps, req, res, connection, result);
    case 'refused':
      return refuse(deps, req, res, connection, result);
  }
}

function restart(
  deps: WebDeps,
  req: Request,
  res: Response,
  connection: ConnectionRecord,
  result: Extract<StrategyResult, { kind: 'restart' }>,
): void {
  if (!mayRestart(req, res, deps.secure))
    return refuse(deps, req, res, connection, {
      kind: 'refused',
      code: result.because === 'unsolicited' ? 'invalid_assertion' : 'attempt_expired',
    });
  const start = linksOf(deps.baseUrl, organizationOf(req).organization).sso(connection.id);
  res.redirect(303, result.returnTo ? `${start}?return_to=${encodeURIComponent(result.returnTo)}` : start);
}

function refuse(
  deps: WebDeps,
  req: Request,
  res: Response,
  connection: ConnectionRecord,
  result: Extract<StrategyResult, { kind: 'refused' }>,
): void {
  if (result.detail)
    deps.log.info(
      { requestId: req.id, connection: connection.id, code: result.code, detail: result.detail },
      'sign-in refused',
    );
  res.status(ERRORS[result.code][0]);
  showRefusal(deps, req, res, {
    code: result.code,
    connection: connection.name,
    email: result.email,
    attempt: result.attemptCode,
    missing: result.missing,
    tryAgainUrl: linksOf(deps.baseUrl, organizationOf(req).organization).sso(connection.id),
  });
}

const about = (req: Request) => ({ userAgent: req.headers['user-agent'], requestId: String(req.id) });

/** The reply as it came. The address is the one on record, whatever a proxy or an old slug made of it on the way. */
function replyOf(deps: WebDeps, req: Request): CallbackInput {
  return {
    method: req.method === 'POST' ? 'POST' : 'GET',
    url: new URL(req.originalUrl, deps.baseUrl).href,
    query: req.query,
    body: (req.body as Record<string, unknown> | undefined) ?? {},
  };
}
