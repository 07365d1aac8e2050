import type { AccountId, ContactId } from '../domain/ids';
import type { BulkAction, BulkOutcome, Settled, SubjectId } from './bulk-actions';
import { rows, type Transaction } from './rows';

/** One person of a bulk action, with what they are called now; without account and contact once those are gone. */
export interface OutcomeLine extends Omit<Settled, 'outcome'> {
  subjectId: SubjectId;
  accountId: AccountId | null;
  contactId: ContactId | null;
  name: string | null;
  email: string | null;
  outcome: BulkOutcome;
  decidedAt: Date | null;
}

const LIVE = `a.organization_id = o.organization_id AND a.status <> 'deleted'`;
const CONTACT = `contacts c ON c.organization_id = o.organization_id`;

/** The person behind each line, by the id that an action's subject has. */
const PEOPLE: Readonly<Record<BulkAction['subject'], string>> = {
  account: `LEFT JOIN accounts a ON ${LIVE} AND a.id = o.account_id LEFT JOIN ${CONTACT} AND c.id = a.contact_id`,
  contact: `LEFT JOIN ${CONTACT} AND c.id = o.account_id LEFT JOIN accounts a ON ${LIVE} AND a.contact_id = o.account_id`,
};

/** A page of outcomes in the order of the people's creation. */
export const listOutcomes = (
  tx: Transaction,
  { organizationId, id, subject }: Pick<BulkAction, 'organizationId' | 'id' | 'subject'>,
  query: { limit: number; after?: SubjectId; outcome?: BulkOutcome },
): Promise<OutcomeLine[]> =>
  rows<OutcomeLine>(
    tx,
    `SELECT o.account_id AS subject_id, a.id AS account_id, c.id AS contact_id, c.attributes ->> 'displayName' AS name,
            coalesce(a.email, c.email) AS email, o.outcome, o.code, o.detail, o.decided_at
       FROM bulk_action_accounts o ${PEOPLE[subject]}
      WHERE o.organization_id = $1 AND o.bulk_action_id = $2 AND ($4::uuid IS NULL OR o.account_id > $4)
        AND ($5::text IS NULL OR o.outcome = $5)
      ORDER BY o.account_id LIMIT $3`,
    [organizationId, id, query.limit, query.after ?? null, query.outcome ?? null],
  );
