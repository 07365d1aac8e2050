import type { Change, Decision } from '../domain/decision';
import { ERRORS, type ErrorCode } from '../domain/errors';
import type { LinkObstacle, LinkReason } from '../domain/linking';
import type { AccountView } from '../storage/account-views';
import type { Names } from './names';

/** What an account has after a sign-in, by names. */
interface WouldHave {
  username: string;
  groups: readonly string[];
  licence: string | null;
  permissionProfile: string | null;
  userType: string;
}

export interface Foreseen {
  outcome: 'sign_in' | 'create' | 'link' | 'refuse';
  /** Why it is refused. */
  code?: ErrorCode;
  /** What stands against a link, or what the link would rest on; as in the ledger. */
  because?: LinkObstacle | LinkReason;
  reason: string;
  account?: { id: string; status: string; username: string };
  wouldHave?: WouldHave;
}

/** The door's decision in words and names. */
export function foresee(decision: Decision, account: AccountView | undefined, names: Names): Foreseen {
  const present = account && { account: { id: account.id, status: account.status, username: account.username } };
  if (decision.action === 'refuse' || decision.action === 'wait') {
    const code = decision.action === 'refuse' ? decision.reason : 'missing_attribute';
    const because = decision.action === 'refuse' && decision.because ? { because: decision.because } : {};
    return { outcome: 'refuse', code, ...because, reason: ERRORS[code][1], ...present };
  }
  const changes = decision.action === 'apply' ? decision.changes : [];
  const grant = only(changes, 'grant_account')[0];
  if (grant) {
    const reason = grant.restores
      ? 'The person was here before: the account comes back, with the id that applications know.'
      : 'A new account is created just in time.';
    return { outcome: 'create', reason, wouldHave: created(grant, changes, names) };
  }
  const [link] = only(changes, 'link_identity');
  const reason = link
    ? 'The identity is linked to the account that is there, because the policy permits it.'
    : 'The person signs in to the account.';
  const wouldHave = account && changed(account, changes, names);
  const because = link && { because: link.by };
  return { outcome: link ? 'link' : 'sign_in', ...because, reason, ...present, ...(wouldHave && { wouldHave }) };
}

type Of<K extends Change['kind']> = Extract<Change, { kind: K }>;
const only = <K extends Change['kind']>(changes: readonly Change[], kind: K): Of<K>[] =>
  changes.filter((change): change is Of<K> => change.kind === kind);

const nameIn = (names: ReadonlyMap<string, string>, id: string | null): string | null =>
  id === null ? null : (names.get(id) ?? id);

function created({ account }: Of<'grant_account'>, changes: readonly Change[], names: Names): WouldHave {
  const groups = only(changes, 'set_groups').flatMap(({ added }) => added.map((id) => nameIn(names.groups, id) ?? id));
  return {
    username: account.username,
    groups: [...new Set(groups)].sort(),
    licence: nameIn(names.licences, account.licence),
    permissionProfile: nameIn(names.permission_profiles, account.permissionProfile),
    userType: account.userType,
  };
}

function changed(account: AccountView, changes: readonly Change[], names: Names): WouldHave {
  const { username, groups, licence, permissionProfile, userType } = account;
  const after = Object.fromEntries(only(changes, 'set_access').map((change) => [change.field, change.after]));
  const text = (field: string, before: string | null, known?: ReadonlyMap<string, string>): string | null => {
    const value = after[field];
    if (value === undefined) return before;
    return typeof value === 'string' && known ? nameIn(known, value) : (value as string | null);
  };
  return {
    username: text('username', username) ?? username,
    groups,
    licence: text('licence', licence, names.licences),
    permissionProfile: text('permissionProfile', permissionProfile, names.permission_profiles),
    userType: text('userType', userType) ?? userType,
  };
}
