import type { AccountState, PersonState } from './account';
import type { AccessValues, Change } from './decision';

/** What has to be free before it is given back. */
export interface Free {
  email(address: string): boolean;
  username(username: string): boolean;
  /** A licence has a seat to give. */
  seat(licence: string): boolean;
  /** The group, permission profile or licence was not deleted since. */
  exists(id: string): boolean;
}

export interface TakenBack {
  changes: readonly Change[];
  /** Why something stays as it is; undefined: all is taken back. */
  kept?:
    | 'changed_since'
    | 'email_taken'
    | 'username_taken'
    | 'licence_seats_exhausted'
    | 'account_in_use'
    | 'reference_gone';
}

type Reversed = { change: Change | undefined } | { kept: NonNullable<TakenBack['kept']> };

/** The changes that undo these, where things are still as these left them: what somebody changed since is theirs. */
export function takeBack(changes: readonly Change[], person: PersonState, free: Free): TakenBack {
  const back: Change[] = [];
  let kept: TakenBack['kept'];
  for (const change of [...changes].reverse()) {
    const reversed = reverse(change, person, free);
    if ('kept' in reversed) kept ??= reversed.kept;
    else if (reversed.change) back.push(reversed.change);
  }
  return { changes: back, ...(kept && { kept }) };
}

const SINCE = { kept: 'changed_since' } as const;

function reverse(change: Change, person: PersonState, free: Free): Reversed {
  switch (change.kind) {
    case 'set_attribute': {
      const { attribute, before, after } = change;
      if ((person.attributes[attribute] ?? null) !== after) return SINCE;
      if (attribute === 'email' && person.account && (!before || !free.email(before))) return { kept: 'email_taken' };
      return { change: { ...change, before: after, after: before } };
    }
    case 'set_email_verified':
      // Whether an address is verified goes with the address, which may have been proved since.
      return person.emailVerified === change.after && !change.before
        ? { change: { ...change, before: change.after, after: change.before } }
        : { change: undefined };
    case 'set_access':
      return person.account ? reverseAccess(change, person.account, free) : SINCE;
    case 'set_groups':
      return person.account ? reverseGroups(change, person.account, free) : SINCE;
    case 'set_presence': {
      const { account } = person;
      if (account?.status !== change.after) return SINCE;
      if (account.licence !== null && !free.seat(account.licence)) return { kept: 'licence_seats_exhausted' };
      return { change: { kind: 'set_presence', before: change.after, after: change.before } };
    }
    case 'grant_account':
    case 'link_identity':
      return { kept: 'account_in_use' };
  }
}

function reverseAccess(change: Extract<Change, { kind: 'set_access' }>, account: AccountState, free: Free): Reversed {
  const { field, before, after } = change;
  if (currentOf(account, field) !== after) return SINCE;
  if (BY_REFERENCE.has(field) && typeof before === 'string' && !free.exists(before)) return { kept: 'reference_gone' };
  if (field === 'username' && !free.username(String(before))) return { kept: 'username_taken' };
  if (field === 'licence' && typeof before === 'string' && !free.seat(before))
    return { kept: 'licence_seats_exhausted' };
  return { change: { ...change, before: after, after: before } };
}

const BY_REFERENCE: ReadonlySet<string> = new Set(['licence', 'permissionProfile']);

const currentOf = (account: AccountState, field: keyof AccessValues): AccessValues[keyof AccessValues] =>
  field === 'accessUntil' ? (account.accessUntil?.toISOString() ?? null) : account[field];

/** Memberships of the source only: those that are still there go, those that went come back. */
function reverseGroups(change: Extract<Change, { kind: 'set_groups' }>, account: AccountState, free: Free): Reversed {
  const has = new Set(
    account.memberships.filter(({ sourceId }) => sourceId === change.sourceId).map(({ groupId }) => groupId),
  );
  const lost = change.removed.filter((group) => !has.has(group));
  if (lost.some((group) => !free.exists(group))) return { kept: 'reference_gone' };
  const removed = change.added.filter((group) => has.has(group));
  return { change: lost.length || removed.length ? { ...change, added: lost, removed } : undefined };
}
