import { verifyPassword } from '../connections/password/hash';
import type { AccountId } from '../domain/ids';
import { findLocalAccountById } from '../storage/passwords';
import type { SelfServiceDeps } from './deps';
import type { Visit } from './visit';

export type Shown =
  | { kind: 'right'; hash: string }
  | { kind: 'none' }
  | { kind: 'refused'; code: 'invalid_credentials' | 'rate_limited' };

/**
 * A signed-in person shows their present password before something changes that others could lock them out by: a browser
 * left open is no proof. `none`: the account has no password.
 */
export async function showsPassword(
  { db, throttle }: SelfServiceDeps,
  { organization, address }: Visit,
  accountId: AccountId,
  password: string,
): Promise<Shown> {
  const account = await findLocalAccountById(db.manager, organization.id, accountId);
  if (!account?.hash) return { kind: 'none' };
  const { email, hash } = account;
  const who = { organizationId: organization.id, login: email, address };
  const checked = await throttle.password(who, async () => ({ right: await verifyPassword(hash, password) }));
  if (checked === 'rate_limited') return { kind: 'refused', code: 'rate_limited' };
  return checked.right ? { kind: 'right', hash } : { kind: 'refused', code: 'invalid_credentials' };
}
