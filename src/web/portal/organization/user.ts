import { endAccountSession, listAccountSessions } from '../../../management/account-sessions';
import { readAccount, readIdentities } from '../../../management/accounts';
import { listAuditEvents } from '../../../management/audit-events';
import { listEmailLinks, revokeEmailLink } from '../../../management/email-links';
import { explain } from '../../../management/explain';
import { exportPerson } from '../../../management/person-data';
import { readProvenance } from '../../../management/provenance';
import { includesScope } from '../../../management/scopes';
import { isUuid } from '../../../management/uuid';
import { AppError } from '../../../domain/errors';
import { actorsIn } from './actors';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { USER_TABS, type UserModel, type UserTab } from './user-model';

const EVENTS = 50;
const LINKS = 20;

/** One account: what is known, how it is signed in to, what happened. */
export const userRoutes: readonly PortalRoute[] = [
  page('/users/:id', 'accounts:read', show),
  page('/users/:id/data', 'contacts:read', download),
  action('/users/:id/sessions/:session/end', 'accounts:write', endSession),
  action('/users/:id/links/:link/revoke', 'accounts:write', revoke),
];

async function show(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, query } = call;
  const account = await readAccount(deps, caller, org, idOf(call));
  const tab = USER_TABS.find((known) => known === query.tab) ?? 'profile';
  showPortal(call, 'portal/user', {
    ...{ account, tab, usersUrl: `${base}/users`, url: `${base}/users/${account.id}` },
    mayChange: includesScope(caller.scopes, 'accounts:write'),
    ...(await READ[tab](call)),
  });
}

/** What each tab brings. */
const READ: Record<UserTab, (call: PortalCall) => Promise<Partial<UserModel>>> = {
  profile: async (call) => ({ profile: await readProvenance(call.deps, call.caller, call.org, idOf(call)) }),
  'sign-in': async (call) => {
    const { deps, caller, org } = call;
    const accountId = idOf(call);
    const { items: identities } = await readIdentities(deps, caller, org, accountId);
    const { items: sessions } = await listAccountSessions(deps, caller, org, accountId);
    const { items: links } = await listEmailLinks(deps, caller, org, { limit: LINKS, accountId });
    const { results: foreseen } = await explain(deps, caller, org, { accountId });
    return { signIn: { identities, sessions, links, foreseen } };
  },
  history: async (call) => {
    const { deps, caller, org, query } = call;
    const cursor = query.cursor && isUuid(query.cursor) ? query.cursor : undefined;
    const page = await listAuditEvents(deps, caller, org, { limit: EVENTS, cursor, account: idOf(call) });
    return { history: { ...page, actors: await actorsIn(call, page.items) } };
  },
};

/** Everything stored about the person, for their own request. */
async function download(call: PortalCall): Promise<void> {
  const { deps, caller, org, res } = call;
  const { contactId, username } = await readAccount(deps, caller, org, idOf(call));
  const data = await exportPerson(deps, caller, org, contactId);
  res
    .set('Cache-Control', 'no-store')
    .attachment(`${username}.json`)
    .send(JSON.stringify(data, null, 2));
}

async function endSession(call: PortalCall): Promise<void> {
  await endAccountSession(call.deps, call.caller, call.org, idOf(call), uuidOf(call, 'session'));
  goOn(call, `/users/${idOf(call)}?tab=sign-in`, 'user.notice.session_ended');
}

async function revoke(call: PortalCall): Promise<void> {
  await revokeEmailLink(call.deps, call.caller, call.org, uuidOf(call, 'link'));
  goOn(call, `/users/${idOf(call)}?tab=sign-in`, 'user.notice.revoked');
}

const idOf = ({ params }: PortalCall): string => params.id ?? '';

/** @throws AppError not_found */
function uuidOf({ params }: PortalCall, name: string): string {
  const value = params[name] ?? '';
  if (!isUuid(value)) throw new AppError('not_found');
  return value;
}
