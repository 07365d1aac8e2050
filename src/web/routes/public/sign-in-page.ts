import { Router, type Request, type Response } from 'express';
import { linksOf } from '../../../domain/links';
import { listConnections } from '../../../storage/connections';
import type { WebDeps } from '../../deps';
import { localPath } from '../../local-path';
import { organizationOf } from '../../organization';
import type { SignInNotice } from '../../pages';
import { show } from '../../show';

const NOTICES: readonly SignInNotice[] = [
  'signed_out',
  'session_ended',
  'attempt_expired',
  'attempt_used',
  'cookies_required',
];

/** `/{org}`: straight to the one identity provider there is, or a page to choose from. */
export function signInPage(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/', (req, res) => signIn(deps, req, res));
  return router;
}

async function signIn(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const { organization } = organizationOf(req);
  const links = linksOf(deps.baseUrl, organization);
  const notice = NOTICES.find((one) => one === req.query.notice);
  const asksForPage = req.query.choose !== undefined || notice !== undefined;
  if (req.user && !asksForPage) return res.redirect(303, localPath(req.query.return_to) ?? links.account);

  const all = await listConnections(deps.signIn.db.manager, organization.id);
  const straight = all.filter((connection) => connection.state === 'active' || connection.state === 'required');
  const pilots = all.filter((connection) => connection.state === 'pilot');
  const passedOn = queryOf(req);
  if (straight.length === 1 && !asksForPage) return res.redirect(302, links.sso(straight[0]?.id ?? '') + passedOn);

  const connections = [...straight, ...pilots].map(({ id, name }) => ({ name, url: links.sso(id) + passedOn }));
  if (notice === 'signed_out') return show(deps, req, res, 'signed-out', { connection: straight[0]?.name });
  show(deps, req, res, 'sign-in', {
    connections,
    comingSoon: connections.length === 0,
    notice,
    contacts: organization.technicalContacts,
  });
}

/** `return_to` and `login_hint` go along to the connection. */
function queryOf(req: Request): string {
  const query = new URLSearchParams();
  const returnTo = localPath(req.query.return_to);
  if (returnTo) query.set('return_to', returnTo);
  if (typeof req.query.login_hint === 'string') query.set('login_hint', req.query.login_hint.slice(0, 254));
  return query.size ? `?${query}` : '';
}
