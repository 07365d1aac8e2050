import type { ConnectionId } from '../domain/ids';
import { keysOf } from './connection-keys';
import type { SignInConnection } from './connections';
import { CURRENT_ORGANIZATION, foundOrganization, type FoundOrganization, type OrganizationRow } from './organizations';
import type { DoorFacts } from './people';
import { preparedRow, type Transaction } from './rows';

/** What a protocol URL names: an organization, a connection of it, and what its door stands on. */
export interface SignInPlace {
  found: FoundOrganization;
  connection?: SignInConnection;
  door?: DoorFacts;
}

type PlaceRow = OrganizationRow & { connection: JsonConnection | null; door: DoorFacts };
/** JSON knows no dates. */
type JsonConnection = Omit<SignInConnection, 'captureUntil'> & { captureUntil: string | null };

/** One query instead of three, because every sign-in asks it. Undefined when nothing has or had the slug. */
export async function findSignInPlace(
  tx: Transaction,
  slug: string,
  id: ConnectionId,
): Promise<SignInPlace | undefined> {
  const place = await preparedRow<PlaceRow>(
    tx,
    'sign_in_place',
    `SELECT ${CURRENT_ORGANIZATION.columns},
            (SELECT json_build_object('organizationId', c.organization_id, 'id', c.id, 'kind', c.kind, 'name', c.name, 'state', c.state,
                      'version', c.version, 'endpoints', c.endpoints, 'settings', c.settings, 'secrets', c.secrets,
                      'attributeMapping', c.attribute_mapping, 'groupMapping', c.group_mapping, 'trustEmail', c.trust_email, 'captureUntil', c.capture_until, 'sourceId', k.id,
                      'keys', ${keysOf('c')})
               FROM connections c JOIN sources k ON k.organization_id = c.organization_id AND k.connection_id = c.id
              WHERE c.organization_id = o.id AND c.id = $2) AS connection,
            json_build_object(
              'adminSourceId', (SELECT a.id FROM sources a WHERE a.organization_id = o.id AND a.kind = 'admin'),
              'isSsoOrganization', EXISTS (SELECT 1 FROM connections c WHERE c.organization_id = o.id AND c.kind IN ('saml', 'oidc')
                                              AND c.state IN ('active', 'required')),
              'verifiedDomains', ARRAY(SELECT d.domain FROM domains d WHERE d.organization_id = o.id AND d.verified_at IS NOT NULL)) AS door
       ${CURRENT_ORGANIZATION.bySlug}`,
    [slug, id],
  );
  if (!place) return undefined;
  const { connection, door, ...organization } = place;
  const found = foundOrganization(organization);
  return connection ? { found, connection: withDates(connection), door } : { found };
}

const withDates = ({ captureUntil, ...connection }: JsonConnection): SignInConnection => ({
  ...connection,
  captureUntil: captureUntil === null ? null : new Date(captureUntil),
});
