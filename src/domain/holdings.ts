import { holdsSeat, isLive, type AccountState } from './account';
import type { Decision } from './decision';
import type { LicenceId } from './ids';
import { usernameKey } from './username';

type Holder = Pick<AccountState, 'status' | 'username' | 'licence'>;

/** What an account holds that no other can have as well: a username (its key) and a seat of a licence. */
export interface Holdings {
  username?: string;
  licence?: LicenceId;
}

export function holdingsOf(account: Holder | undefined): Holdings {
  if (!account) return {};
  const { status, username, licence } = account;
  return {
    ...(isLive(status) && { username: usernameKey(username) }),
    ...(licence !== null && holdsSeat(status) && { licence }),
  };
}

/** The account as a decision leaves it, as far as it holds anything. */
export function accountAfter(account: Holder | undefined, decision: Decision): Holder | undefined {
  if (decision.action !== 'apply') return account;
  let after = account;
  for (const change of decision.changes) {
    if (change.kind === 'grant_account') after = change.account;
    else if (after && change.kind === 'set_presence') after = { ...after, status: change.after };
    else if (after && change.kind === 'set_access') after = { ...after, [change.field]: change.after };
  }
  return after;
}
