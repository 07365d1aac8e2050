import { v7 as uuid } from 'uuid';
import type { OrganizationId } from '../domain/ids';
import type { Branding, Organization } from '../domain/organization';
import { DEFAULT_POLICY, type Policy } from '../domain/policy';
import { preparedRow, row, rows, type Transaction } from './rows';

/** An organization as found by a slug; `isCurrentSlug` is false under a slug it used to have. */
export interface FoundOrganization {
  organization: Organization;
  policy: Policy;
  isCurrentSlug: boolean;
}

export interface NewOrganization {
  slug: string;
  name: string;
  externalId?: string | null;
  metadata?: Readonly<Record<string, string>>;
  technicalContacts?: readonly string[];
  branding?: Omit<Branding, 'logo'>;
}

/** As queried: the policy may lack what was added since it was saved. */
export type OrganizationRow = Organization & { policy: Partial<Policy>; isCurrentSlug: boolean };

const COLUMNS = `o.id, s.slug, o.name, o.external_id, o.metadata, o.technical_contacts, o.policy, o.created_at, o.updated_at,
  o.branding || jsonb_strip_nulls(jsonb_build_object('logo', o.logo)) AS branding`;
const CURRENT = `FROM organizations o JOIN organization_slugs s ON s.organization_id = o.id AND s.is_current`;

/** Creates the organization with its slug and default policy. Yields its id; the slug's unique key is `organization_slugs_pkey`. */
export async function insertOrganization(tx: Transaction, organization: NewOrganization): Promise<OrganizationId> {
  const id = uuid();
  await tx.query(
    `INSERT INTO organizations (id, name, external_id, metadata, technical_contacts, branding, policy) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      organization.name,
      organization.externalId ?? null,
      JSON.stringify(organization.metadata ?? {}),
      organization.technicalContacts ?? [],
      JSON.stringify(organization.branding ?? {}),
      JSON.stringify(DEFAULT_POLICY),
    ],
  );
  await tx.query(`INSERT INTO organization_slugs (slug, organization_id, is_current) VALUES ($1, $2, true)`, [
    organization.slug,
    id,
  ]);
  return id;
}

/** The pieces of a query by a slug `$1` that an organization has or had. */
export const CURRENT_ORGANIZATION = {
  columns: `${COLUMNS}, asked.slug = s.slug AS is_current_slug`,
  bySlug: `FROM organization_slugs asked JOIN organizations o ON o.id = asked.organization_id
       JOIN organization_slugs s ON s.organization_id = o.id AND s.is_current
      WHERE asked.slug = $1`,
};

/** By any slug it has or had. */
export async function findOrganizationBySlug(tx: Transaction, slug: string): Promise<FoundOrganization | undefined> {
  const found = await preparedRow<OrganizationRow>(
    tx,
    'organization_by_slug',
    `SELECT ${CURRENT_ORGANIZATION.columns} ${CURRENT_ORGANIZATION.bySlug}`,
    [slug],
  );
  return found && foundOrganization(found);
}

export async function findOrganization(tx: Transaction, id: OrganizationId): Promise<FoundOrganization | undefined> {
  const found = await row<OrganizationRow>(
    tx,
    `SELECT ${COLUMNS}, true AS is_current_slug ${CURRENT} WHERE o.id = $1`,
    [id],
  );
  return found && foundOrganization(found);
}

/** A page of the owners' customers, in the order of their creation; `after` is the last id of the page before. */
export async function listOrganizations(
  tx: Transaction,
  limit: number,
  after?: OrganizationId,
): Promise<Organization[]> {
  const found = await rows<OrganizationRow>(
    tx,
    `SELECT ${COLUMNS}, true AS is_current_slug ${CURRENT} WHERE NOT o.is_system AND ($2::uuid IS NULL OR o.id > $2) ORDER BY o.id LIMIT $1`,
    [limit, after ?? null],
  );
  return found.map((one) => foundOrganization(one).organization);
}

/** Changes what is given; an absent field stays. */
export async function updateOrganization(
  tx: Transaction,
  id: OrganizationId,
  change: Partial<Omit<NewOrganization, 'slug'>>,
): Promise<void> {
  await tx.query(
    `UPDATE organizations SET name = coalesce($2, name), external_id = CASE WHEN $3 THEN $4 ELSE external_id END,
            metadata = coalesce($5, metadata), technical_contacts = coalesce($6, technical_contacts),
            branding = coalesce($7, branding), updated_at = now() WHERE id = $1`,
    [
      id,
      change.name ?? null,
      change.externalId !== undefined,
      change.externalId ?? null,
      change.metadata ? JSON.stringify(change.metadata) : null,
      change.technicalContacts ?? null,
      change.branding ? JSON.stringify(change.branding) : null,
    ],
  );
}

/** Makes `slug` the custom URL; the old one stays reserved. Going back to a slug of its own is possible. */
export async function changeSlug(tx: Transaction, id: OrganizationId, slug: string): Promise<'changed' | 'taken'> {
  await tx.query(`UPDATE organization_slugs SET is_current = false WHERE organization_id = $1 AND is_current`, [id]);
  const set = await row<{ slug: string }>(
    tx,
    `INSERT INTO organization_slugs (slug, organization_id, is_current) VALUES ($2, $1, true)
     ON CONFLICT (slug) DO UPDATE SET is_current = true WHERE organization_slugs.organization_id = $1 RETURNING slug`,
    [id, slug],
  );
  return set ? 'changed' : 'taken';
}

export async function savePolicy(tx: Transaction, id: OrganizationId, policy: Policy): Promise<void> {
  await tx.query(`UPDATE organizations SET policy = $2, updated_at = now() WHERE id = $1`, [
    id,
    JSON.stringify(policy),
  ]);
}

/** Deletes the organization with everything in it; its ledger stays until retention takes it. */
export async function deleteOrganization(tx: Transaction, id: OrganizationId): Promise<void> {
  // People first: what they hold by reference refuses to go while they have it.
  await tx.query(`DELETE FROM contacts WHERE organization_id = $1`, [id]);
  await tx.query(`DELETE FROM organizations WHERE id = $1`, [id]);
}

export function foundOrganization({ policy, isCurrentSlug, ...organization }: OrganizationRow): FoundOrganization {
  return { organization, policy: { ...DEFAULT_POLICY, ...policy }, isCurrentSlug };
}

/** The current slug of the one organization whose slug or name this is; undefined when several share the name. */
export async function findSlugByName(tx: Transaction, name: string): Promise<string | undefined> {
  const found = await rows<{ slug: string }>(
    tx,
    `SELECT DISTINCT s.slug FROM organizations o JOIN organization_slugs s ON s.organization_id = o.id AND s.is_current
      WHERE NOT o.is_system
        AND (lower(o.name) = lower($1) OR o.id = (SELECT organization_id FROM organization_slugs WHERE slug = lower($1))) LIMIT 2`,
    [name],
  );
  return found.length === 1 ? found[0]?.slug : undefined;
}
