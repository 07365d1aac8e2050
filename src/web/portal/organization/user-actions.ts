import { endAccountSessions, takeStep } from '../../../management/account-status';
import { readAccount } from '../../../management/accounts';
import { sendAccountLink, setAccountPassword } from '../../../management/credentials';
import { erasePerson } from '../../../management/person-data';
import type { Scope } from '../../../management/scopes';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';

interface Act {
  scope: Scope;
  isGrave?: boolean;
  /** The account is gone afterwards. */
  ends?: boolean;
  work: (call: PortalCall, id: string) => Promise<unknown>;
}

const step =
  (name: 'suspend' | 'reactivate' | 'deactivate' | 'delete'): Act['work'] =>
  ({ deps, caller, org }, id) =>
    takeStep(deps, caller, org, id, name);

/** What is done to one account after a page that names it. */
const ACTS: Readonly<Record<string, Act>> = {
  'send-link': { scope: 'accounts:write', work: ({ deps, caller, org }, id) => sendAccountLink(deps, caller, org, id) },
  'end-sessions': {
    scope: 'accounts:write',
    isGrave: true,
    work: ({ deps, caller, org }, id) => endAccountSessions(deps, caller, org, id),
  },
  suspend: { scope: 'accounts:write', isGrave: true, work: step('suspend') },
  reactivate: { scope: 'accounts:write', work: step('reactivate') },
  deactivate: { scope: 'accounts:write', isGrave: true, work: step('deactivate') },
  delete: { scope: 'accounts:write', isGrave: true, ends: true, work: step('delete') },
  erase: { scope: 'contacts:write', isGrave: true, ends: true, work: erase },
};

export const userActionRoutes: readonly PortalRoute[] = [
  ...Object.entries(ACTS).flatMap(([name, act]) => [
    page(`/users/:id/${name}`, act.scope, (call) => confirm(call, name, act)),
    action(`/users/:id/${name}`, act.scope, (call) => carryOut(call, name, act)),
  ]),
  page('/users/:id/password', 'accounts:write', (call) => showPassword(call, [])),
  action('/users/:id/password', 'accounts:write', changePassword),
];

async function confirm(call: PortalCall, name: string, { isGrave }: Act): Promise<void> {
  const { deps, caller, org, base, web, req, res, params } = call;
  const account = await readAccount(deps, caller, org, params.id ?? '');
  const { t } = web.languages.of(req, res);
  const say = (part: string): string =>
    t(`portal.user.act.${name}.${part}`, { name: account.displayName ?? account.email });
  showPortal(call, 'portal/confirm', {
    ...{ title: say('title'), consequences: [say('text')], button: say('button'), danger: isGrave },
    action: `${base}/users/${account.id}/${name}`,
    cancelUrl: `${base}/users/${account.id}`,
  });
}

async function carryOut(call: PortalCall, name: string, { work, ends }: Act): Promise<void> {
  const id = call.params.id ?? '';
  await work(call, id);
  goOn(call, ends ? '/users' : `/users/${id}`, `user.notice.${name.replace('-', '_')}`);
}

async function erase({ deps, caller, org }: PortalCall, id: string): Promise<void> {
  const { contactId } = await readAccount(deps, caller, org, id);
  await erasePerson(deps, caller, org, { contactId });
}

async function showPassword(call: PortalCall, errors: readonly FieldError[]): Promise<void> {
  const { deps, caller, org, base, res, params } = call;
  const account = await readAccount(deps, caller, org, params.id ?? '');
  if (errors.length) res.status(422);
  const userUrl = `${base}/users/${account.id}`;
  const name = account.displayName ?? account.email;
  showPortal(call, 'portal/user-password', { name, errors, userUrl, action: `${userUrl}/password` });
}

async function changePassword(call: PortalCall): Promise<void> {
  const { deps, caller, org, form, params } = call;
  const id = params.id ?? '';
  const password = { password: form.text('password') };
  const result = await attempt(() => setAccountPassword(deps, caller, org, id, password));
  if (result.errors) return showPassword(call, result.errors);
  goOn(call, `/users/${id}`, 'user.notice.password');
}
