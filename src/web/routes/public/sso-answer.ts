import type { Request, Response } from 'express';
import type { Wishes } from '../../../connections/connection';
import { ERRORS } from '../../../domain/errors';
import { linksOf } from '../../../domain/links';
import { noteUnasked } from '../../../sign-in/unasked';
import type { SignInConnection } from '../../../storage/connections';
import { wayBack } from '../../application-forms';
import { browserOf, mayRestart } from '../../browser';
import type { WebDeps } from '../../deps';
import { enter } from '../../enter';
import { showRefusal } from '../../errors';
import { homeOf } from '../../home';
import { keepRequest } from '../../kept-request';
import { organizationOf } from '../../organization';
import type { StrategyResult } from '../../passport';
import { allowFormTo } from '../../security-headers';
import { sessionHere } from '../../session-mark';
import { show } from '../../show';
import { signInRequest } from '../../sign-in-request';
import { addWishes } from '../../wishes';
import { provingUrl } from './sign-in-page';

/** What came of an attempt, as the browser meets it: on to the provider, signed in, afresh, or the page of a refusal. */
export async function answer(
  deps: WebDeps,
  req: Request,
  res: Response,
  connection: SignInConnection,
  result: StrategyResult,
): Promise<void> {
  switch (result.kind) {
    case 'step':
      if (result.step.kind === 'redirect') return res.redirect(302, result.step.url);
      allowFormTo(res, new URL(result.step.action).origin);
      return show(deps, req, res, 'posting', { ...result.step, connection: connection.name });
    case 'signed_in':
      return signedIn(deps, req, res, result);
    case 'restart':
      return restart(deps, req, res, connection, result);
    case 'used':
      return answeredAgain(deps, req, res, connection, result);
    case 'refused':
      return refuse(
        deps,
        req,
        res,
        connection,
        result,
        result.mayProve && (await provingUrl(deps, req, connection.id)),
      );
  }
}

async function signedIn(
  deps: WebDeps,
  req: Request,
  res: Response,
  { user, outcome }: Extract<StrategyResult, { kind: 'signed_in' }>,
): Promise<void> {
  await enter(deps, req, res, user);
  res.redirect(303, outcome.returnTo ?? (await homeOf(deps, req, user)));
}

/** By Back or a reload a person comes to what they have already: whoever is still signed in by it goes on to where it led. */
async function answeredAgain(
  deps: WebDeps,
  req: Request,
  res: Response,
  connection: SignInConnection,
  { accountId, attemptCode, returnTo }: Extract<StrategyResult, { kind: 'used' }>,
): Promise<void> {
  const here = await sessionHere(deps, req);
  if (here?.accountId === accountId)
    return res.redirect(
      303,
      returnTo ?? (await homeOf(deps, req, { organizationId: connection.organizationId, accountId })),
    );
  await refuse(deps, req, res, connection, { kind: 'refused', code: 'attempt_used', attemptCode, returnTo });
}

/** Begins anew by itself, once a minute at most; then it says why it does not. */
export async function restart(
  deps: WebDeps,
  req: Request,
  res: Response,
  connection: SignInConnection,
  result: Extract<StrategyResult, { kind: 'restart' }>,
): Promise<void> {
  if (!mayRestart(req, res, deps.secure)) {
    const { because, returnTo } = result;
    const expired = { kind: 'refused', code: 'attempt_expired', returnTo } as const;
    const refusal =
      because === 'unsolicited' ? await noteUnasked(deps.signIn, signInRequest(req, connection)) : expired;
    return refuse(deps, req, res, connection, refusal);
  }
  // A browser that sent no cookie may keep none: then the start must not go on, or it would go round in circles.
  const isFirstCookie = !browserOf(req, deps.secure);
  res.redirect(303, startUrl(deps, req, connection, { ...result, isFirstCookie }));
}

/** Where this connection's sign-in starts, with what is known of it. */
function startUrl(
  deps: WebDeps,
  req: Request,
  connection: SignInConnection,
  known: { returnTo?: string | null; isFirstCookie?: boolean } & Wishes,
): string {
  const query = new URLSearchParams();
  if (known.returnTo) query.set('return_to', known.returnTo);
  addWishes(query, known);
  if (known.isFirstCookie) query.set('restarted', '1');
  const start = linksOf(deps.baseUrl, organizationOf(req).organization).sso(connection.id);
  return query.size ? `${start}?${query}` : start;
}

/** The page of a refusal. */
export async function refuse(
  deps: WebDeps,
  req: Request,
  res: Response,
  connection: SignInConnection,
  result: Extract<StrategyResult, { kind: 'refused' }>,
  proveUrl?: string,
): Promise<void> {
  if (result.detail)
    deps.log.info(
      { requestId: req.id, connection: connection.id, code: result.code, detail: result.detail },
      'sign-in refused',
    );
  res.status(ERRORS[result.code][0]);
  if (proveUrl) keepRequest(deps, res, result.returnTo);
  const links = linksOf(deps.baseUrl, organizationOf(req).organization);
  showRefusal(deps, req, res, {
    code: result.code,
    connection: connection.name,
    email: result.email,
    attempt: result.attemptCode,
    ...(result.attemptCode && { attemptUrl: links.absolute(links.attempt(result.attemptCode)) }),
    missing: result.missing,
    proveUrl,
    application: await wayBack(deps, res, result.returnTo),
    tryAgainUrl: startUrl(deps, req, connection, { returnTo: result.returnTo }),
  });
}
