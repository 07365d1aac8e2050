import type { AccountId, ConnectionId, OrganizationId } from '../domain/ids';
import type { UserType } from '../domain/policy';

/** What an application may be told of the person who is signed in to it. */
export interface ClaimsSource {
  accountId: AccountId;
  username: string;
  email: string;
  emailVerified: boolean;
  attributes: Readonly<Record<string, string>>;
  userType: UserType;
  groups: readonly string[];
  permissionProfile: string | null;
  licence: string | null;
  organization: { id: OrganizationId; slug: string; name: string; externalId: string | null };
  /** Null: signed in with a password. */
  connection: { id: ConnectionId; name: string; kind: string } | null;
}

/** The pieces of a query for it by a session `s` and its account `a`: as the person stands now. */
export const CLAIMS = {
  columns: `a.id AS account_id, a.username, a.email, c.email_verified, c.attributes, a.user_type,
            (SELECT coalesce(array_agg(DISTINCT g.name ORDER BY g.name), '{}') FROM account_groups m
               JOIN groups g ON g.organization_id = m.organization_id AND g.id = m.group_id
              WHERE m.organization_id = a.organization_id AND m.account_id = a.id) AS groups,
            r.name AS permission_profile, l.name AS licence,
            json_build_object('id', o.id, 'slug', slug.slug, 'name', o.name, 'externalId', o.external_id) AS organization,
            CASE WHEN n.id IS NOT NULL THEN json_build_object('id', n.id, 'name', n.name, 'kind', n.kind) END AS connection`,
  joins: `JOIN contacts c ON c.organization_id = a.organization_id AND c.id = a.contact_id
       JOIN organizations o ON o.id = a.organization_id
       JOIN organization_slugs slug ON slug.organization_id = o.id AND slug.is_current
       LEFT JOIN permission_profiles r ON r.organization_id = a.organization_id AND r.id = a.permission_profile_id
       LEFT JOIN licences l ON l.organization_id = a.organization_id AND l.id = a.licence_id
       LEFT JOIN connections n ON n.organization_id = s.organization_id AND n.id = s.connection_id`,
};
