import { caretakersOf } from '../credentials/caretakers';
import { envelopeFor } from '../credentials/recipient';
import { OWNERS_SLUG } from '../domain/organization';
import type { AccountId } from '../domain/ids';
import type { PortalRole } from '../domain/portal-role';
import { listPortalAdmins } from '../storage/portal-roles';
import type { ManagementDeps } from './deps';
import type { Island } from './island';

interface RolesChange {
  id: AccountId;
  before: readonly PortalRole[];
  after: readonly PortalRole[];
}

/**
 * Tells the owners, who can make another, and the technical contacts that an organization has no Organization admin any
 * more, when this change took the last one.
 */
export async function tellOfLastAdmin(deps: ManagementDeps, island: Island, change: RolesChange): Promise<void> {
  const isTaken = change.before.includes('organization_admin') && !change.after.includes('organization_admin');
  if (!isTaken || (await hasAnotherAdmin(island, change.id))) return;
  const { tx, now, organization } = island;
  const url = `${deps.baseUrl}/${OWNERS_SLUG}/organizations/${organization.slug}/admins`;
  for (const one of await caretakersOf(tx, organization, { withAdmins: false })) {
    const letter = { kind: 'no_admin_left', ...(one.role === 'owner' && { url }) } as const;
    await deps.mailroom.post(tx, now, envelopeFor(organization, one), letter);
  }
}

async function hasAnotherAdmin({ tx, organization }: Island, id: AccountId): Promise<boolean> {
  const admins = await listPortalAdmins(tx, organization.id);
  return admins.some((one) => one.id !== id && one.status === 'active' && one.roles.includes('organization_admin'));
}
