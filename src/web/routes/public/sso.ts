import express, { Router, type Request, type Response } from 'express';
import { jwks } from '../../../connections/oidc/client-keys';
import { saml } from '../../../connections/saml/saml';
import { isOpenState, type CallbackInput } from '../../../connections/connection';
import { AppError } from '../../../domain/errors';
import { relayOf } from '../../../sign-in/attempt';
import { heldReply, holdReplyOf } from '../../../sign-in/held-reply';
import { isSolicited, takesUnsolicited } from '../../../sign-in/solicited';
import { answeredBefore } from '../../../sign-in/stop-attempt';
import type { Door } from '../../../provisioning/door';
import type { SignInConnection } from '../../../storage/connections';
import { bindBrowser, browserOf, hasRestarted } from '../../browser';
import type { WebDeps } from '../../deps';
import { localPath } from '../../local-path';
import { connectionOf } from '../../organization';
import { authenticate } from '../../passport';
import type { SignInPassport } from '../../strategy';
import { signInRequest } from '../../sign-in-request';
import { wishesOf } from '../../wishes';
import { answer, refuse, restart } from './sso-answer';

/** base64 of 700 kB of XML, percent-encoded, and a RelayState. */
const REPLY_LIMIT = '2mb';
/** A RelayState of ours. */
const RELAY = /^[A-Za-z0-9_-]{43}$/;

/** `/{org}/sso/{connection}`: begin, and the addresses an identity provider was given. */
export function ssoRoutes(deps: WebDeps, passport: SignInPassport): Router {
  const router = Router({ mergeParams: true });
  const form = express.urlencoded({ extended: false, limit: REPLY_LIMIT, parameterLimit: 10 });

  router.get('/', (req, res) => begin(deps, passport, req, res));
  router.get('/metadata', (req, res) => metadata(deps, req, res));
  router.get('/jwks', (req, res) => publicKeys(deps, req, res));
  router.post('/acs', form, (req, res) => receivePost(deps, passport, req, res));
  router.get('/acs', (req, res) => receiveHeld(deps, passport, req, res));
  router.get('/callback', (req, res) => receive(deps, passport, req, res, replyOf(deps, req)));
  return router;
}

function openConnectionOf(req: Request): SignInConnection {
  const connection = connectionOf(req);
  if (!isOpenState(connection.state)) throw new AppError('connection_disabled');
  return connection;
}

async function begin(deps: WebDeps, passport: SignInPassport, req: Request, res: Response): Promise<void> {
  const connection = connectionOf(req);
  const returnTo = localPath(req.query.return_to);
  if (!isOpenState(connection.state))
    return refuse(deps, req, res, connection, { kind: 'refused', code: 'connection_disabled', returnTo });
  if (req.query.restarted !== undefined && !hasRestarted(req, deps.secure))
    return refuse(deps, req, res, connection, { kind: 'refused', code: 'cookies_required', returnTo });
  const start = { browser: bindBrowser(req, res, deps.secure), returnTo, ...wishesOf(req.query) };
  const begun = await authenticate(passport, req, res, { ...signInRequest(req, connection), begin: start });
  await answer(deps, req, res, connection, begun);
}

async function metadata(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const opened = deps.signIn.openConnection(connectionOf(req));
  if (opened.kind !== 'saml') throw new AppError('not_found');
  res
    .type('application/samlmetadata+xml')
    .set('Cache-Control', 'public, max-age=300')
    .send(saml.metadata(opened.context));
}

async function publicKeys(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const opened = deps.signIn.openConnection(connectionOf(req));
  if (opened.kind !== 'oidc') throw new AppError('not_found');
  const keys = await jwks(opened.context);
  res.set('Cache-Control', 'public, max-age=300').json(keys);
}

/**
 * Security 10: on plain http the browser sent no cookie with this cross-site POST; the reply waits for the same-site
 * GET that a 303 leads to. So does, on https, one that nobody asked for: whether it would replace a session, only the
 * session's own cookie tells, and that one is SameSite=Lax.
 */
async function receivePost(deps: WebDeps, passport: SignInPassport, req: Request, res: Response): Promise<void> {
  const reply = replyOf(deps, req);
  const connection = openConnectionOf(req);
  const waits =
    !deps.secure || (takesUnsolicited(deps.signIn, connection) && !(await isSolicited(deps.signIn, connection, reply)));
  if (!waits) return receive(deps, passport, req, res, reply);
  const query = new URLSearchParams({ handle: await holdReplyOf(deps.signIn, connection, reply) });
  const relay = relayOf('saml', reply);
  if (relay && RELAY.test(relay)) query.set('state', relay);
  res.redirect(303, `${req.baseUrl}/acs?${query}`);
}

async function receiveHeld(deps: WebDeps, passport: SignInPassport, req: Request, res: Response): Promise<void> {
  const connection = openConnectionOf(req);
  const handle = typeof req.query.handle === 'string' ? req.query.handle : '';
  const reply = handle && (await heldReply(deps.signIn, connection, handle));
  if (reply) return receive(deps, passport, req, res, reply);
  const state = typeof req.query.state === 'string' ? req.query.state : '';
  const browser = browserOf(req, deps.secure);
  const before = await answeredBefore(deps.signIn, signInRequest(req, connection), state, browser);
  await answer(deps, req, res, connection, before);
}

async function receive(
  deps: WebDeps,
  passport: SignInPassport,
  req: Request,
  res: Response,
  reply: CallbackInput,
): Promise<void> {
  const connection = openConnectionOf(req);
  // Security 12: what nobody here asked for never replaces a session; what a request of our own brings may.
  if (req.user && !(await isSolicited(deps.signIn, connection, reply)))
    return restart(deps, req, res, connection, { kind: 'restart', because: 'unsolicited', returnTo: null });
  const complete = { browser: browserOf(req, deps.secure), door: doorOf(req, connection), reply };
  const came = await authenticate(passport, req, res, { ...signInRequest(req, connection), complete });
  await answer(deps, req, res, connection, came);
}

/** Where this connection's people stand: the source is its own, of kind `jit`. */
function doorOf(req: Request, { organizationId, sourceId }: SignInConnection): Door {
  if (!req.place?.door) throw new Error('a connection comes with its door');
  return { organizationId, sourceId, sourceKind: 'jit', policy: req.place.found.policy, ...req.place.door };
}

/** The reply as it came. The address is the one on record, whatever a proxy or an old slug made of it on the way. */
function replyOf(deps: WebDeps, req: Request): CallbackInput {
  return {
    method: req.method === 'POST' ? 'POST' : 'GET',
    url: new URL(req.originalUrl, deps.baseUrl).href,
    query: req.query,
    body: (req.body as Record<string, unknown> | undefined) ?? {},
  };
}
