import type { ConnectionId, OrganizationId } from '../domain/ids';
import { row, type Transaction } from './rows';

export interface RepointingQuery {
  organizationId: OrganizationId;
  connectionId: ConnectionId;
  issuer: { before: string; after: string };
  /** Domains whose addresses link an identity to an account without one; none where nothing does. */
  linkingDomains: readonly string[];
}

export interface RepointingCounts {
  /** That sign somebody in by the issuer before, and the accounts they belong to. */
  identities: number;
  accounts: number;
  /** Active and invited accounts, by what a sign-in from the issuer after comes to, with the address on record. */
  signIn: number;
  linkByVerifiedEmail: number;
  needLinkRequest: number;
}

/** What another issuer would mean for the accounts there are: as `decide` settles it, counted. */
export async function countRepointing(tx: Transaction, query: RepointingQuery): Promise<RepointingCounts> {
  const counted = await row<RepointingCounts>(
    tx,
    `WITH live AS (
       SELECT i.account_id, i.connection_id, i.issuer FROM identities i
         JOIN accounts a ON a.organization_id = i.organization_id AND a.id = i.account_id
        WHERE i.organization_id = $1 AND i.retired_at IS NULL AND a.status <> 'deleted'),
     before AS (SELECT account_id FROM live WHERE connection_id = $2 AND issuer = $3),
     people AS (
       SELECT split_part(a.email, '@', 2) = ANY ($5) AS is_verified,
              EXISTS (SELECT 1 FROM live WHERE account_id = a.id) AS has_identity,
              EXISTS (SELECT 1 FROM live WHERE account_id = a.id AND connection_id = $2 AND issuer = $4) AS is_known
         FROM accounts a WHERE a.organization_id = $1 AND a.status IN ('active', 'invited'))
     SELECT (SELECT count(*)::int FROM before) AS identities,
            (SELECT count(DISTINCT account_id)::int FROM before) AS accounts,
            (count(*) FILTER (WHERE is_known))::int AS sign_in,
            (count(*) FILTER (WHERE NOT has_identity AND is_verified))::int AS link_by_verified_email,
            (count(*) FILTER (WHERE NOT is_known AND (has_identity OR NOT is_verified)))::int AS need_link_request
       FROM people`,
    [query.organizationId, query.connectionId, query.issuer.before, query.issuer.after, query.linkingDomains],
  );
  if (!counted) throw new Error('an aggregate yields one row');
  return counted;
}
