import express, { Router, type Request, type Response } from 'express';
import { AppError } from '../../../domain/errors';
import { linksOf, type OrganizationLinks } from '../../../domain/links';
import { endOwnSessions } from '../../../sign-in/end-sessions';
import { findAccount, type AccountView } from '../../../storage/account-views';
import { listIdentities } from '../../../storage/identities';
import { findConnection } from '../../../storage/connections';
import { rolesOf } from '../../../storage/portal-roles';
import { listLiveSessions } from '../../../storage/sessions';
import { csrfFields, requireToken, requireTokenOrSameOrigin } from '../../csrf';
import type { WebDeps } from '../../deps';
import { applicationsOf } from '../../home';
import { allowSignOut, askProvider, leave } from '../../leave';
import { organizationOf } from '../../organization';
import { ownEmailRefusal } from '../../../self-service/change-email';
import { ownPasswordRefusal } from '../../../self-service/change-password';
import { ownSecondFactor } from '../../../self-service/second-factor';
import { passwordSetAt } from '../../../storage/passwords';
import type { AccountModel, AccountNotice } from '../../pages';
import type { SignedIn } from '../../request';
import { show } from '../../show';
import { goTo } from './slo';

/** `/{org}/account`, `/{org}/session`, `/{org}/logout`: what a signed-in person sees and ends. */
export function accountRoutes(deps: WebDeps): Router {
  const router = Router({ mergeParams: true });
  const form = express.urlencoded({ extended: false, limit: '10kb', parameterLimit: 5 });

  router.get('/account', (req, res) => account(deps, req, res));
  router.post('/account/sessions/others/end', form, requireToken, (req, res) => endOthers(deps, req, res));
  router.post('/account/sessions/:session/end', form, requireToken, (req, res) => endOne(deps, req, res));
  router.get('/session', (req, res) => session(deps, req, res));
  router.post('/logout', form, requireTokenOrSameOrigin(deps.baseUrl), (req, res) => logout(deps, req, res));
  return router;
}

async function account(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const links = linksOf(deps.baseUrl, organizationOf(req).organization);
  if (!req.user) return res.redirect(303, `${links.signIn}?return_to=${encodeURIComponent(links.account)}`);
  const view = await signedInAccount(deps, req.user);
  await allowSignOut(deps, res, req.user);
  show(deps, req, res, 'account', await accountModel(deps, req, req.user, view));
}

async function signedInAccount(deps: WebDeps, user: SignedIn): Promise<AccountView> {
  const view = await findAccount(deps.signIn.db.manager, user.organizationId, user.accountId);
  if (!view) throw new AppError('not_found');
  return view;
}

async function accountModel(deps: WebDeps, req: Request, user: SignedIn, view: AccountView): Promise<AccountModel> {
  const { manager } = deps.signIn.db;
  const links = linksOf(deps.baseUrl, organizationOf(req).organization);
  const identities = await listIdentities(manager, user.organizationId, user.accountId);
  const sessions = await listLiveSessions(manager, user.organizationId, user.accountId, deps.signIn.now());
  return {
    person: {
      displayName: view.displayName ?? view.email,
      email: view.email,
      emailVerified: view.emailVerified,
      username: view.username,
      groups: view.groups,
      site: view.site ?? undefined,
      userType: view.userType,
      licence: view.licence ?? undefined,
    },
    applications: await applicationsOf(deps, req, user),
    ...((await rolesOf(manager, user.organizationId, user.accountId)).length && { portalUrl: links.portal }),
    methods: identities.map((identity) => ({
      name: identity.connectionName,
      lastUsedAt: identity.lastUsedAt ?? undefined,
    })),
    sessions: sessions.map((one) => ({
      current: one.id === user.session.id,
      userAgent: one.userAgent ?? undefined,
      startedAt: one.createdAt,
      lastSeenAt: one.lastSeenAt,
      endUrl: `${links.account}/sessions/${one.id}/end`,
    })),
    ...(await credentialsOf(deps, req, user)),
    csrf: csrfFields(req),
    endOthersUrl: `${links.account}/sessions/others/end`,
    signOutUrl: links.logout,
    notice: NOTICES.find((notice) => notice === req.query.notice),
  };
}

/** What the person may change about how they sign in. */
async function credentialsOf(
  deps: WebDeps,
  req: Request,
  { organizationId, accountId }: SignedIn,
): Promise<Pick<AccountModel, 'password' | 'secondFactor' | 'changeEmailUrl'>> {
  const place = organizationOf(req);
  const links = linksOf(deps.baseUrl, place.organization);
  const setAt = await passwordSetAt(deps.signIn.db.manager, organizationId, accountId);
  const mayChange = setAt && !(await ownPasswordRefusal(deps.selfService, place, accountId));
  const factor = await ownSecondFactor(deps.selfService, place, accountId);
  const mayChangeEmail = !(await ownEmailRefusal(deps.selfService, place, accountId));
  return {
    ...(setAt && { password: { setAt, ...(mayChange && { changeUrl: links.changePassword }) } }),
    ...(factor && {
      secondFactor: {
        ...(factor.enrolledAt && { enrolledAt: factor.enrolledAt }),
        codesLeft: factor.codesLeft,
        setUpUrl: links.secondFactor,
        renewUrl: links.renewRecoveryCodes,
        ...(!factor.isRequired && { removeUrl: links.removeSecondFactor }),
      },
    }),
    ...(mayChangeEmail && { changeEmailUrl: links.changeEmail }),
  };
}

/** The page shows itself: a redirect to the identity provider after a form would run into form-action. */
const sessionEnded = ({ signIn }: OrganizationLinks): string => `${signIn}?notice=session_ended`;

const NOTICES: readonly AccountNotice[] = [
  'session_ended',
  'others_ended',
  'password_changed',
  'email_changed',
  'identity_linked',
  'second_factor_removed',
];

async function endOne(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const links = linksOf(deps.baseUrl, organizationOf(req).organization);
  if (!req.user) return res.redirect(303, sessionEnded(links));
  await endOwnSessions(deps.signIn, req.user, { id: String(req.params.session) }, String(req.id));
  res.redirect(303, `${links.account}?notice=session_ended`);
}

async function endOthers(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const links = linksOf(deps.baseUrl, organizationOf(req).organization);
  if (!req.user) return res.redirect(303, sessionEnded(links));
  await endOwnSessions(deps.signIn, req.user, { allBut: req.user.session.id }, String(req.id));
  res.redirect(303, `${links.account}?notice=others_ended`);
}

async function session(deps: WebDeps, req: Request, res: Response): Promise<void> {
  res.set('Cache-Control', 'no-store');
  if (!req.user) {
    res.status(401).json({ signedIn: false });
    return;
  }
  const { organizationId, session: live } = req.user;
  const connection = live.connectionId
    ? await findConnection(deps.signIn.db.manager, organizationId, live.connectionId)
    : undefined;
  res.json({
    signedIn: true,
    account: await signedInAccount(deps, req.user),
    connection: connection ? { id: connection.id, name: connection.name, kind: connection.kind } : null,
    expiresAt: live.expiresAt,
  });
}

/** Ends the session here first, then asks the provider. */
async function logout(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const { user } = req;
  await leave(deps, req, res);
  const asked = user && (await askProvider(deps, req, res, user));
  if (asked) return goTo(deps, req, res, asked.step, asked.connection);
  res.redirect(303, `${linksOf(deps.baseUrl, organizationOf(req).organization).signIn}?notice=signed_out`);
}
