import express, { Router, type Request, type Response } from 'express';
import { AppError, ERRORS } from '../../../domain/errors';
import { receiveLogoutToken } from '../../../sign-in/receive-logout-token';
import type { WebDeps } from '../../deps';
import { connectionOf } from '../../organization';

const TOKEN_LIMIT = '20kb';

/** `/{org}/sso/{connection}/backchannel-logout`: an OpenID provider ends sessions (Back-Channel Logout 2.5 to 2.8). */
export function backchannelLogoutRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  const form = express.urlencoded({ extended: false, limit: TOKEN_LIMIT, parameterLimit: 10 });
  router.post('/backchannel-logout', form, (req, res) => receive(deps, req, res));
  return router;
}

async function receive(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const record = connectionOf(req);
  const opened = deps.signIn.openConnection(record);
  if (opened.kind !== 'oidc') throw new AppError('not_found');
  const given: unknown = (req.body as Record<string, unknown> | undefined)?.logout_token;
  // A field that is missing or doubled is no token; what follows says so.
  const token = typeof given === 'string' ? given : '';
  const requestId = String(req.id);
  const outcome = await receiveLogoutToken(deps.signIn, { connection: opened.context, token, requestId });
  res.set('Cache-Control', 'no-store');
  if (outcome.kind === 'ended') return void res.status(200).end();
  const { code, detail } = outcome;
  deps.log.info({ requestId, connection: record.id, code, detail }, 'logout refused');
  // 2.8: 400 whenever the logout failed, whoever is to blame.
  res.status(400).json({ error: 'invalid_request', error_description: ERRORS[code][1], code, requestId });
}
