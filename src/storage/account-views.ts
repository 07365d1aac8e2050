import type { AccountStatus } from '../domain/account';
import type { AccountId, ContactId, OrganizationId } from '../domain/ids';
import type { UserType } from '../domain/policy';
import { row, rows, type Transaction } from './rows';

/** An account as the API and the pages show it (contract). */
export interface AccountView {
  id: AccountId;
  organization: string;
  contactId: ContactId;
  /** Of an organization it is a system account. */
  contactKind: 'person' | 'organization';
  username: string;
  email: string;
  emailVerified: boolean;
  givenName: string | null;
  familyName: string | null;
  displayName: string | null;
  phone: string | null;
  extension: string | null;
  department: string | null;
  title: string | null;
  site: string | null;
  userType: UserType;
  locale: string | null;
  attributes: Readonly<Record<string, string>>;
  externalId: string | null;
  groups: readonly string[];
  permissionProfile: string | null;
  licence: string | null;
  status: AccountStatus;
  source: string;
  adminManaged: boolean;
  hasSecondFactor: boolean;
  accessUntil: Date | null;
  createdAt: Date;
  lastSignInAt: Date | null;
}

type ViewRow = Omit<AccountView, 'attributes'> & { attributes: Record<string, string> };

const VIEW = `
  SELECT a.id, slug.slug AS organization, a.contact_id, c.kind AS contact_kind, a.username, a.email, c.email_verified, c.attributes, a.user_type, c.external_id,
         (SELECT coalesce(array_agg(DISTINCT g.name ORDER BY g.name), '{}') FROM account_groups m
            JOIN groups g ON g.organization_id = m.organization_id AND g.id = m.group_id
           WHERE m.organization_id = a.organization_id AND m.account_id = a.id) AS groups,
         p.name AS permission_profile, l.name AS licence, a.status, s.kind AS source, a.admin_managed, a.access_until, a.created_at, a.last_sign_in_at,
         EXISTS (SELECT 1 FROM second_factors f WHERE f.organization_id = a.organization_id AND f.account_id = a.id) AS has_second_factor
    FROM accounts a
    JOIN contacts c ON c.organization_id = a.organization_id AND c.id = a.contact_id
    JOIN sources s ON s.organization_id = a.organization_id AND s.id = a.source_id
    JOIN organization_slugs slug ON slug.organization_id = a.organization_id AND slug.is_current
    LEFT JOIN permission_profiles p ON p.organization_id = a.organization_id AND p.id = a.permission_profile_id
    LEFT JOIN licences l ON l.organization_id = a.organization_id AND l.id = a.licence_id
   WHERE a.organization_id = $1`;

export async function findAccount(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
): Promise<AccountView | undefined> {
  const found = await row<ViewRow>(tx, `${VIEW} AND a.id = $2`, [organizationId, id]);
  return found && toView(found);
}

/** The account that a contact has or had; also a deleted one. */
export async function findAccountOfContact(
  tx: Transaction,
  organizationId: OrganizationId,
  contactId: ContactId,
): Promise<AccountView | undefined> {
  const found = await row<ViewRow>(tx, `${VIEW} AND a.contact_id = $2`, [organizationId, contactId]);
  return found && toView(found);
}

/** The first accounts in the order of their creation, or those with this e-mail address; deleted ones never. */
export async function listAccounts(
  tx: Transaction,
  { organizationId, limit, email }: { organizationId: OrganizationId; limit: number; email?: string },
): Promise<AccountView[]> {
  const found = await rows<ViewRow>(
    tx,
    `${VIEW} AND a.status <> 'deleted' AND ($3::text IS NULL OR a.email = $3) ORDER BY a.id LIMIT $2`,
    [organizationId, limit, email ?? null],
  );
  return found.map(toView);
}

/** The accounts with these ids, in their order; deleted ones are left out. */
export async function findAccounts(
  tx: Transaction,
  organizationId: OrganizationId,
  ids: readonly AccountId[],
): Promise<AccountView[]> {
  const found = await rows<ViewRow>(
    tx,
    `${VIEW} AND a.status <> 'deleted' AND a.id = ANY ($2::uuid[]) ORDER BY array_position($2::uuid[], a.id)`,
    [organizationId, ids],
  );
  return found.map(toView);
}

function toView({ attributes, ...found }: ViewRow): AccountView {
  const standard = (name: string) => attributes[name] ?? null;
  const custom = Object.entries(attributes).filter(([name]) => name.startsWith('attributes.'));
  return {
    ...found,
    givenName: standard('givenName'),
    familyName: standard('familyName'),
    displayName: standard('displayName'),
    phone: standard('phone'),
    extension: standard('extension'),
    department: standard('department'),
    title: standard('title'),
    site: standard('site'),
    locale: standard('locale'),
    attributes: Object.fromEntries(custom.map(([name, value]) => [name.slice('attributes.'.length), value])),
  };
}

/** What these accounts' people are called, by id: their name, else the address. */
export async function readAccountNames(
  tx: Transaction,
  organizationId: OrganizationId,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, string>> {
  const found = await rows<{ id: AccountId; name: string | null }>(
    tx,
    `SELECT a.id, coalesce(c.attributes ->> 'displayName', a.email) AS name
       FROM accounts a JOIN contacts c ON c.organization_id = a.organization_id AND c.id = a.contact_id
      WHERE a.organization_id = $1 AND a.id = ANY($2::uuid[])`,
    [organizationId, ids],
  );
  return new Map(found.flatMap(({ id, name }) => (name ? [[id, name] as const] : [])));
}
