import { listAccounts } from '../../../management/account-list';
import { readAccount } from '../../../management/accounts';
import { mergeAccounts, mergeForm, type MergeView } from '../../../management/merge';
import { parseForm } from '../../../management/form';
import { listOf } from '../../wording';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';

const MOST = 20;

/** Two accounts that are one person's: look for the other, see what moves, confirm. */
export const userMergeRoutes: readonly PortalRoute[] = [
  page('/users/:id/merge', 'accounts:write', ask),
  action('/users/:id/merge', 'accounts:write', merge),
];

async function ask(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, query, params } = call;
  const survivor = await readAccount(deps, caller, org, params.id ?? '');
  const userUrl = `${base}/users/${survivor.id}`;
  if (query.from) return confirm(call, survivor.id, query.from);
  const q = query.q?.trim();
  const found = q ? (await listAccounts(deps, caller, org, { q, limit: MOST })).items : [];
  showPortal(call, 'portal/user-merge', {
    ...{ name: survivor.displayName ?? survivor.email, q, userUrl, action: `${userUrl}/merge` },
    others: found
      .filter(({ id }) => id !== survivor.id)
      .map(({ id, displayName, email, status }) => ({ name: displayName ?? email, email, status, id })),
  });
}

async function confirm(call: PortalCall, id: string, from: string): Promise<void> {
  const { deps, caller, org, base, web, req, res } = call;
  const plan = await mergeAccounts(deps, caller, org, id, parseForm(mergeForm, { from, preview: true }));
  const { t } = web.languages.of(req, res);
  const [other, name] = [plan.merged, plan.survivor].map(({ displayName, email }) => displayName ?? email);
  showPortal(call, 'portal/confirm', {
    title: t('portal.user.merge.title', { other, name }),
    consequences: consequencesOf(call, plan, other ?? ''),
    action: `${base}/users/${id}/merge`,
    hidden: { from },
    ...{ button: t('portal.user.merge.button'), danger: true, cancelUrl: `${base}/users/${id}/merge` },
  });
}

function consequencesOf({ web, req, res }: PortalCall, plan: MergeView, other: string): string[] {
  const { t, language } = web.languages.of(req, res);
  const moved = (part: string, names: readonly string[]): string[] =>
    names.length ? [t(`portal.user.merge.${part}`, { names: listOf(names, language) })] : [];
  return [
    ...moved(
      'identities',
      plan.identities.map(({ connectionName }) => connectionName),
    ),
    ...moved(
      'groups',
      plan.groups.map(({ name }) => name),
    ),
    ...moved(
      'sources',
      plan.sources.map(({ name }) => name),
    ),
    t('portal.user.merge.deleted', { other, email: plan.merged.email, sessions: String(plan.sessionsEnded) }),
  ];
}

async function merge(call: PortalCall): Promise<void> {
  const { deps, caller, org, form, params } = call;
  const id = params.id ?? '';
  await mergeAccounts(deps, caller, org, id, parseForm(mergeForm, { from: form.text('from') }));
  goOn(call, `/users/${id}`, 'user.notice.merged');
}
