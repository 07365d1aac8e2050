import type { ContactId } from '../domain/ids';
import type { RunRef } from '../domain/run';
import { rows, type Transaction } from './rows';

/** What makes two lines mean one person. */
export interface RowKeys {
  emails: readonly string[];
  externalIds: readonly string[];
}

export interface KeyHolder {
  line: number;
  email: string | null;
  externalId: string | null;
}

/** The lines, but for those left out, that hold one of these. */
export const rowsHolding = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  { emails, externalIds }: RowKeys,
): Promise<KeyHolder[]> =>
  rows<KeyHolder>(
    tx,
    `SELECT line, email, external_id FROM run_rows WHERE organization_id = $1 AND run_id = $2 AND email = ANY ($3) AND NOT left_out
      UNION SELECT line, email, external_id FROM run_rows
       WHERE organization_id = $1 AND run_id = $2 AND external_id = ANY ($4) AND NOT left_out`,
    [organizationId, id, emails, externalIds],
  );

/** Other runs, staged and not committed, that name one of these addresses: with the line there. */
export const otherRunsNaming = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  emails: readonly string[],
): Promise<{ email: string; runId: string; name: string; line: number }[]> =>
  rows(
    tx,
    `SELECT DISTINCT ON (w.email) w.email, w.run_id, r.name, w.line FROM run_rows w
       JOIN runs r ON r.organization_id = w.organization_id AND r.id = w.run_id AND r.state IN ('staged', 'committing')
      WHERE w.organization_id = $1 AND w.run_id <> $2 AND w.email = ANY ($3) AND NOT w.left_out ORDER BY w.email, w.run_id`,
    [organizationId, id, emails],
  );

/** Somebody of whom the source said that they are here, and whom no line of the run names. */
export interface Absent {
  contactId: ContactId;
  name: string | null;
  email: string | null;
  externalId: string | null;
}

export const listAbsent = (
  tx: Transaction,
  { organizationId, id, sourceId }: RunRef & { sourceId: string },
  { after, limit }: { after?: ContactId; limit: number },
): Promise<Absent[]> =>
  rows<Absent>(
    tx,
    `SELECT c.id AS contact_id, c.attributes ->> 'displayName' AS name, c.email, c.external_id
       FROM statements s JOIN contacts c ON c.organization_id = s.organization_id AND c.id = s.contact_id
      WHERE s.organization_id = $1 AND s.source_id = $3 AND s.presence = 'present' AND ($4::uuid IS NULL OR c.id > $4)
        AND NOT EXISTS (SELECT FROM run_rows w WHERE w.organization_id = $1 AND w.run_id = $2 AND w.contact_id = c.id)
        -- A line with a problem names somebody too.
        AND NOT EXISTS (SELECT FROM run_rows w WHERE w.organization_id = $1 AND w.run_id = $2 AND w.email = c.email)
        AND NOT EXISTS (SELECT FROM run_rows w WHERE w.organization_id = $1 AND w.run_id = $2 AND w.external_id = c.external_id)
      ORDER BY c.id LIMIT $5`,
    [organizationId, id, sourceId, after ?? null, limit],
  );
