import { breaksGlass, takesPassword } from '../domain/break-glass';
import { entryRefusal } from '../domain/decide-status';
import type { ErrorCode } from '../domain/errors';
import type { LocalAccount } from '../storage/passwords';
import type { Transaction } from '../storage/rows';
import { readSsoStanding } from '../storage/sso-standing';
import type { LocalRequest } from './local-request';

/** Whether an account whose password was right may come in now, and how. */
interface LocalEntry {
  refusal?: ErrorCode;
  /** Past the identity provider: others are told, and the session serves the portal only. */
  isBreakGlass: boolean;
}

export async function localEntryOf(
  tx: Transaction,
  { organization, policy }: LocalRequest,
  account: LocalAccount,
  now: Date,
): Promise<LocalEntry> {
  const sso = await readSsoStanding(tx, organization.id);
  const refusal = takesPassword(sso, account) ? entryRefusal(account, policy, now) : 'password_not_permitted';
  return { ...(refusal && { refusal }), isBreakGlass: breaksGlass(sso, account) };
}
