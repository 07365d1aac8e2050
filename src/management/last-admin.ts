import { envelopeFor } from '../credentials/recipient';
import { OWNERS_SLUG } from '../domain/organization';
import type { AccountId } from '../domain/ids';
import type { PortalRole } from '../domain/portal-role';
import { findOrganizationBySlug } from '../storage/organizations';
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
  const owners = await findOrganizationBySlug(tx, OWNERS_SLUG);
  const holders = owners ? await listPortalAdmins(tx, owners.organization.id) : [];
  const url = `${deps.baseUrl}/${OWNERS_SLUG}/organizations/${organization.slug}/admins`;
  for (const { email, displayName, roles, status } of holders)
    if (status === 'active' && roles.includes('owner'))
      await deps.mailroom.post(tx, now, envelopeFor(organization, { email, displayName }), {
        kind: 'no_admin_left',
        url,
      });
  for (const email of organization.technicalContacts)
    await deps.mailroom.post(tx, now, envelopeFor(organization, { email }), { kind: 'no_admin_left' });
}

async function hasAnotherAdmin({ tx, organization }: Island, id: AccountId): Promise<boolean> {
  const admins = await listPortalAdmins(tx, organization.id);
  return admins.some((one) => one.id !== id && one.status === 'active' && one.roles.includes('organization_admin'));
}
