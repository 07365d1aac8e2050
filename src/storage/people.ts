import { createHash } from 'node:crypto';
import type { OrganizationId, SourceId } from '../domain/ids';
import type { Policy, SourceKind } from '../domain/policy';
import { DEFAULT_POLICY } from '../domain/policy';
import { preparedRow, type Transaction } from './rows';

/** What the door knows of the organization and of the source that speaks. */
export interface DoorRow extends DoorFacts {
  policy: Policy;
  sourceKind: SourceKind;
}

export interface DoorFacts {
  adminSourceId: SourceId;
  isSsoOrganization: boolean;
  /** Domains the organization has proved. */
  verifiedDomains: readonly string[];
}

export async function readDoor(tx: Transaction, organizationId: OrganizationId, sourceId: SourceId): Promise<DoorRow> {
  const found = await preparedRow<Omit<DoorRow, 'policy'> & { policy: Partial<Policy> }>(
    tx,
    'read_door',
    `SELECT o.policy, s.kind AS source_kind,
            (SELECT a.id FROM sources a WHERE a.organization_id = o.id AND a.kind = 'admin') AS admin_source_id,
            EXISTS (SELECT 1 FROM connections c WHERE c.organization_id = o.id AND c.kind IN ('saml', 'oidc')
                       AND c.state IN ('active', 'required')) AS is_sso_organization,
            ARRAY(SELECT d.domain FROM domains d WHERE d.organization_id = o.id AND d.verified_at IS NOT NULL) AS verified_domains
       FROM organizations o JOIN sources s ON s.organization_id = o.id AND s.id = $2 WHERE o.id = $1`,
    [organizationId, sourceId],
  );
  if (!found) throw new Error(`source ${sourceId} is not one of organization ${organizationId}`);
  return { ...found, policy: { ...DEFAULT_POLICY, ...found.policy } };
}

/** What most things about one person have in common comes first: whoever waits for it holds nothing else that counts. */
const FIRST_TO_LAST = ['email', 'identity', 'origin', 'external', 'username', 'contact'];

/**
 * Waits for, and holds until the end of the transaction, the right to decide about these keys. Always in one order, so that
 * two transactions do not wait for each other; whom a record means, and so its last keys, is known only under the first.
 */
export async function lockKeys(
  tx: Transaction,
  organizationId: OrganizationId,
  keys: readonly string[],
): Promise<void> {
  const sorted = [...new Set(keys)]
    .map((key) => ({ rank: rankOf(key), number: numberOf(organizationId, key) }))
    .sort((a, b) => a.rank - b.rank || (a.number < b.number ? -1 : 1))
    .map(({ number }) => String(number));
  await tx.query('SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) k', [sorted]);
}

const rankOf = (key: string): number => {
  const rank = FIRST_TO_LAST.indexOf(key.split('|')[0] ?? '');
  return rank < 0 ? FIRST_TO_LAST.length : rank;
};

const numberOf = (organizationId: OrganizationId, key: string): bigint =>
  createHash('sha256').update(`${organizationId}|${key}`).digest().readBigInt64BE();
