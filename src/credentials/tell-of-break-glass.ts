import { OWNERS_SLUG, type Organization } from '../domain/organization';
import { linksOf } from '../domain/links';
import type { Transaction } from '../storage/rows';
import { caretakersOf, type Caretaker } from './caretakers';
import type { LinkDeps } from './deps';
import { envelopeFor } from './recipient';

/** Somebody came in past the identity provider: the organization's admins, the owners and its technical contacts hear of it. */
export async function tellOfBreakGlass(
  tx: Transaction,
  { mailroom, baseUrl }: LinkDeps,
  organization: Organization,
  { email: person }: { email: string },
  at: Date,
): Promise<void> {
  for (const one of await caretakersOf(tx, organization, { withAdmins: true })) {
    const url = ledgerFor(one, organization, baseUrl);
    const letter = { kind: 'break_glass_used', person, ...(url && { url }) } as const;
    await mailroom.post(tx, at, envelopeFor(organization, one), letter);
  }
}

/** Where who may look sees what was done since. */
function ledgerFor({ role }: Caretaker, organization: Organization, baseUrl: string): string | undefined {
  const { portal, absolute } = linksOf(baseUrl, organization);
  if (role === 'organization_admin') return `${absolute(portal)}/ledger`;
  return role === 'owner' ? `${baseUrl}/${OWNERS_SLUG}/organizations/${organization.slug}/ledger` : undefined;
}
