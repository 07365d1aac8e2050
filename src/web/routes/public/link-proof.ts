import { Router, type Request, type Response } from 'express';
import { linksOf } from '../../../domain/links';
import { isUuid } from '../../../management/uuid';
import { linkByProof, offeredLink, type ProvingVisit } from '../../../self-service/prove-link';
import { browserOf } from '../../browser';
import { csrfFields, requireToken } from '../../csrf';
import type { WebDeps } from '../../deps';
import { sendRefusal } from '../../errors';
import { smallForm, textOf } from '../../form';
import { keptRequest } from '../../kept-request';
import { organizationOf } from '../../organization';
import type { SignedIn } from '../../request';
import { show } from '../../show';
import { visitOf } from '../../visit';

/** `/{org}/account/link`: whoever signed in the old way may link the identity that was refused before (security 17). */
export function linkProofRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/account/link', (req, res) => offer(deps, req, res));
  router.post('/account/link', smallForm(), requireToken, (req, res) => link(deps, req, res));
  return router;
}

const linksAt = (deps: WebDeps, req: Request) => linksOf(deps.baseUrl, organizationOf(req).organization);

const provingVisit = (deps: WebDeps, req: Request, res: Response, user: SignedIn): ProvingVisit => ({
  ...visitOf(deps, req, res),
  accountId: user.accountId,
  sessionId: user.session.id,
  browser: browserOf(req, deps.secure),
});

async function offer(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const links = linksAt(deps, req);
  if (!req.user) return res.redirect(303, `${links.signIn}?notice=session_ended`);
  const offered = await offeredLink(deps.selfService, provingVisit(deps, req, res, req.user));
  if (!offered) return sendRefusal(deps, req, res, { code: 'link_not_provable', tryAgainUrl: links.choose });
  await keptRequest(deps, req, res);
  const { requestId, ...told } = offered;
  const model = { ...told, action: links.linkProof, hidden: { ...csrfFields(req), request: requestId } };
  show(deps, req, res, 'link-identity', { ...model, accountUrl: links.account });
}

async function link(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const links = linksAt(deps, req);
  if (!req.user) return res.redirect(303, `${links.signIn}?notice=session_ended`);
  const asked = textOf(req, 'request');
  if (!isUuid(asked)) return sendRefusal(deps, req, res, { code: 'invalid_form' });
  const proved = await linkByProof(deps.selfService, provingVisit(deps, req, res, req.user), asked);
  if (proved.kind === 'refused') return sendRefusal(deps, req, res, { code: proved.code, tryAgainUrl: links.choose });
  res.redirect(303, (await keptRequest(deps, req)) ?? `${links.account}?notice=identity_linked`);
}
