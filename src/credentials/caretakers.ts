import { OWNERS_SLUG, type Organization } from '../domain/organization';
import type { PortalRole } from '../domain/portal-role';
import { findOrganizationBySlug } from '../storage/organizations';
import { listPortalAdmins } from '../storage/portal-roles';
import type { Transaction } from '../storage/rows';
import type { Recipient } from './recipient';

/** Those who look after an organization, each address once. */
export interface Caretaker extends Recipient {
  /** Absent: a technical contact. */
  role?: 'organization_admin' | 'owner';
}

/** An organization's technical contacts, the owners, and its own admins where they are to hear of it too. */
export async function caretakersOf(
  tx: Transaction,
  organization: Organization,
  { withAdmins }: { withAdmins: boolean },
): Promise<readonly Caretaker[]> {
  const owners = await findOrganizationBySlug(tx, OWNERS_SLUG);
  const found: readonly Caretaker[] = [
    ...(withAdmins ? await holdersOf(tx, organization.id, 'organization_admin') : []),
    ...(owners ? await holdersOf(tx, owners.organization.id, 'owner') : []),
    ...organization.technicalContacts.map((email) => ({ email })),
  ];
  return found.filter(({ email }, index) => found.findIndex((one) => one.email === email) === index);
}

/** Whoever has the role and may sign in. */
async function holdersOf(
  tx: Transaction,
  organizationId: string,
  role: PortalRole & Caretaker['role'],
): Promise<Caretaker[]> {
  const admins = await listPortalAdmins(tx, organizationId);
  return admins
    .filter(({ status, roles }) => status === 'active' && roles.includes(role))
    .map(({ email, displayName }) => ({ email, displayName, role }));
}
