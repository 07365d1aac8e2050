import { AppError } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import { lockKeys } from '../storage/people';
import { listPortalAdmins } from '../storage/portal-roles';
import type { Island } from './island';

/** Who is the first owner and who the last is settled by one at a time. */
export const lockOwners = ({ tx, organization }: Island, ...others: readonly string[]): Promise<void> =>
  lockKeys(tx, organization.id, ['owners', ...others]);

/**
 * Somebody who was only invited may never come: they do not stand in for the last one who can sign in.
 * @throws AppError in_use when without this account there would be no owner
 */
export async function requireAnotherOwner({ tx, organization }: Island, id: AccountId): Promise<void> {
  const owners = (await listPortalAdmins(tx, organization.id)).filter(({ roles }) => roles.includes('owner'));
  const owner = owners.find((one) => one.id === id);
  if (!owner) return;
  const others = owners.filter((one) => one.id !== id);
  const enough = owner.status === 'active' ? others.filter(({ status }) => status === 'active') : others;
  if (enough.length) return;
  const detail = `Without ${owner.email} no owner would be left who can sign in; make another one first.`;
  throw new AppError('in_use', { detail });
}
