import { Router, type Request, type Response } from 'express';
import { isSsoState } from '../../../connections/connection';
import { signupRefusal } from '../../../domain/decide-status';
import { linksOf } from '../../../domain/links';
import { isUuid } from '../../../management/uuid';
import { countBreakGlass } from '../../../storage/break-glass';
import { listConnections } from '../../../storage/connections';
import { allowFormToApplication } from '../../application-forms';
import type { WebDeps } from '../../deps';
import { sendRefusal } from '../../errors';
import { homeOf } from '../../home';
import { keepRequest } from '../../kept-request';
import { localPath } from '../../local-path';
import { organizationOf } from '../../organization';
import type { PageModels, SignInNotice } from '../../pages';
import { show } from '../../show';
import { addWishes, wishesOf } from '../../wishes';

const NOTICES: readonly SignInNotice[] = [
  'signed_out',
  'session_ended',
  'email_changed',
  'attempt_expired',
  'attempt_used',
  'cookies_required',
];

/** What a provider can have said about signing out there too. */
const PROVIDER_SAID = ['confirmed', 'unconfirmed'] as const;

/** `/{org}`: straight to the one identity provider there is, or a page to choose from, or the password form. */
export function signInPage(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  router.get('/', (req, res) => signIn(deps, req, res));
  return router;
}

async function signIn(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const { organization } = organizationOf(req);
  const links = linksOf(deps.baseUrl, organization);
  const proves = provenFrom(req.query.prove);
  const notice = proves ? 'prove' : NOTICES.find((one) => one === req.query.notice);
  const returnTo = localPath(req.query.return_to);
  const isSignedOut = notice === 'signed_out';
  // Only who is signed out is told so.
  if (req.user && isSignedOut) return res.redirect(303, links.account);
  const asksForPage = req.query.choose !== undefined || notice !== undefined;
  if (req.user && !asksForPage) return res.redirect(303, returnTo ?? (await homeOf(deps, req, req.user)));

  const ways = await waysIn(deps, req);
  const { straight } = ways;
  if (straight.length === 1 && !asksForPage)
    return res.redirect(302, links.sso(straight[0]?.id ?? '') + queryOf(req, returnTo));
  const provider = PROVIDER_SAID.find((one) => one === req.query.provider);
  if (isSignedOut) return show(deps, req, res, 'signed-out', { connection: straight[0]?.name, provider });
  await showSignIn(deps, req, res, { notice, returnTo, proves }, ways);
}

/** The connection that refused whoever is to sign in the old way now, as the query or a form names it. */
export const provenFrom = (value: unknown): string | undefined =>
  typeof value === 'string' && isUuid(value) ? value : undefined;

/** Where somebody whom this connection refused may sign in the old way; undefined where there is no other way in. */
export async function provingUrl(deps: WebDeps, req: Request, connectionId: string): Promise<string | undefined> {
  const { straight, pilots, isRequired } = await waysIn(deps, req);
  const hasOther = [...straight, ...pilots].some(({ id }) => id !== connectionId);
  return hasOther || !isRequired
    ? linksOf(deps.baseUrl, organizationOf(req).organization).prove(connectionId)
    : undefined;
}

/** Connections by how they are offered. */
async function waysIn(deps: WebDeps, req: Request) {
  const all = await listConnections(deps.signIn.db.manager, organizationOf(req).organization.id);
  return {
    straight: all.filter(({ state }) => isSsoState(state)),
    pilots: all.filter(({ state }) => state === 'pilot'),
    isRequired: all.some(({ state }) => state === 'required'),
  };
}

type WaysIn = Awaited<ReturnType<typeof waysIn>>;

interface SignInForm {
  notice?: SignInNotice;
  returnTo?: string;
  /** Somebody whom this connection refused shows the way they signed in before: it is not offered again. */
  proves?: string;
  /** The password form itself, also where it is only another way besides the connections. */
  asksForPassword?: boolean;
  login?: string;
  error?: NonNullable<PageModels['sign-in']['password']>['error'];
}

/** The sign-in page with the ways in that are open now. */
export async function showSignIn(
  deps: WebDeps,
  req: Request,
  res: Response,
  form: SignInForm,
  known?: WaysIn,
): Promise<void> {
  const { notice, returnTo, proves, login, error } = form;
  const { organization, policy } = organizationOf(req);
  const links = linksOf(deps.baseUrl, organization);
  const { straight, pilots, isRequired } = known ?? (await waysIn(deps, req));
  const isEmergency = isRequired && (await countBreakGlass(deps.signIn.db.manager, organization.id)) > 0;
  const offered = [...straight, ...pilots].filter(({ id }) => id !== proves);
  const asksForPassword = form.asksForPassword || (proves !== undefined && !offered.length);
  if (asksForPassword && isRequired && !isEmergency)
    return sendRefusal(deps, req, res, { code: 'password_not_permitted' });
  const isSso = straight.length > 0;
  const query = queryOf(req, returnTo);
  const hidden = { ...(returnTo && { return_to: returnTo }), ...(proves && { prove: proves }) };
  await allowFormToApplication(deps, res, returnTo);
  keepRequest(deps, res, returnTo);
  const password = { action: links.login, hidden, forgotUrl: links.forgot, login, error };
  show(deps, req, res, 'sign-in', {
    connections: offered.map(({ id, name }) => ({ name, url: links.sso(id) + query })),
    ...((asksForPassword || !isSso) && { password }),
    ...(isSso && !isRequired && !asksForPassword && { passwordUrl: links.login + queryOf(req, returnTo, proves) }),
    ...(isEmergency && !asksForPassword && { emergencyUrl: links.login + queryOf(req, returnTo) }),
    ...(!proves && !signupRefusal({ policy, isSsoOrganization: isSso }, {}) && { signupUrl: links.signup }),
    notice,
    greeting: organization.branding.greeting,
    help: organization.branding.help,
    contacts: organization.technicalContacts,
  });
}

/** `return_to` and what is wished for go along to the connection. */
function queryOf(req: Request, returnTo: string | undefined, proves?: string): string {
  const query = new URLSearchParams();
  if (returnTo) query.set('return_to', returnTo);
  if (proves) query.set('prove', proves);
  addWishes(query, wishesOf(req.query));
  return query.size ? `?${query}` : '';
}
