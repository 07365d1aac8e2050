import type { AccountId, GroupId, OrganizationId, SourceId } from '../domain/ids';
import { rows, type Transaction } from './rows';

/** A group an account is in because of one source. */
export interface MembershipLine {
  groupId: GroupId;
  groupName: string;
  sourceId: SourceId;
  since: Date;
}

/** Memberships of an account by the groups' names; one for each source that gives it. */
export const listMemberships = (
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<MembershipLine[]> =>
  rows<MembershipLine>(
    tx,
    `SELECT m.group_id, g.name AS group_name, m.source_id, m.created_at AS since
       FROM account_groups m JOIN groups g ON g.organization_id = m.organization_id AND g.id = m.group_id
      WHERE m.organization_id = $1 AND m.account_id = $2 ORDER BY lower(g.name), m.created_at`,
    [organizationId, accountId],
  );
