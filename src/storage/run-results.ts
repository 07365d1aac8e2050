import type { Statement } from '../domain/account';
import type { Change } from '../domain/decision';
import type { AccountId, ContactId, OrganizationId } from '../domain/ids';
import type { RowResult, RunRef } from '../domain/run';
import { rows, type Transaction } from './rows';

/** How a line is taken back: what its source had said before, and what was changed. */
export interface Before {
  statement: Statement | null;
  changes: readonly Change[];
}

/** What became of a line. */
export interface LineResult {
  line: number;
  result: RowResult;
  code: string | null;
  contactId: ContactId | null;
  accountId: AccountId | null;
  before: Before | null;
}

export interface KeptResult extends LineResult {
  undone: 'undone' | 'kept' | null;
  undoCode: string | null;
}

const COLUMNS = 'line, result, code, contact_id, account_id, before, undone, undo_code';

export const insertResults = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  results: readonly LineResult[],
): Promise<unknown> =>
  tx.query(
    `INSERT INTO run_results (organization_id, run_id, line, result, code, contact_id, account_id, before)
     SELECT $1, $2, line, result, code, "contactId", "accountId", before
       FROM jsonb_to_recordset($3::jsonb) AS r(line int, result text, code text, "contactId" uuid, "accountId" uuid, before jsonb)`,
    [organizationId, id, JSON.stringify(results)],
  );

export const findResults = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  lines: readonly number[],
): Promise<KeptResult[]> =>
  rows<KeptResult>(
    tx,
    `SELECT ${COLUMNS} FROM run_results WHERE organization_id = $1 AND run_id = $2 AND line = ANY ($3::int[]) ORDER BY line`,
    [organizationId, id, lines],
  );

/** The next lines to take back, the last first. */
export const resultsToUndo = (tx: Transaction, { organizationId, id }: RunRef, limit: number): Promise<KeptResult[]> =>
  rows<KeptResult>(
    tx,
    `SELECT ${COLUMNS} FROM run_results WHERE organization_id = $1 AND run_id = $2 AND undone IS NULL ORDER BY line DESC LIMIT $3`,
    [organizationId, id, limit],
  );

/** Notes what came of taking lines back. */
export const settleUndone = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  settled: readonly { line: number; undone: 'undone' | 'kept'; undoCode: string | null }[],
): Promise<unknown> =>
  tx.query(
    `UPDATE run_results t SET undone = r.undone, undo_code = r."undoCode"
       FROM jsonb_to_recordset($3::jsonb) AS r(line int, undone text, "undoCode" text)
      WHERE t.organization_id = $1 AND t.run_id = $2 AND t.line = r.line`,
    [organizationId, id, JSON.stringify(settled)],
  );

/** What became of the lines of these runs, by run. */
export const countResults = (
  tx: Transaction,
  organizationId: OrganizationId,
  runIds: readonly string[],
): Promise<{ runId: string; result: RowResult; undone: 'undone' | 'kept' | null; count: number }[]> =>
  rows(
    tx,
    `SELECT run_id, result, undone, count(*)::int AS count FROM run_results
      WHERE organization_id = $1 AND run_id = ANY ($2::uuid[]) GROUP BY 1, 2, 3`,
    [organizationId, runIds],
  );

/** Accounts that the run made and that were not sent their invitation yet; they are held until the end of the transaction. */
export const claimUninvited = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  limit: number,
): Promise<{ line: number; accountId: AccountId }[]> =>
  rows(
    tx,
    `SELECT line, account_id FROM run_results
      WHERE organization_id = $1 AND run_id = $2 AND NOT invited AND result = 'created' AND account_id IS NOT NULL AND undone IS NULL
      ORDER BY line LIMIT $3 FOR UPDATE SKIP LOCKED`,
    [organizationId, id, limit],
  );

/** Notes that an invitation went out, or why not. */
export const settleInvited = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  line: number,
  code: string | null,
): Promise<unknown> =>
  tx.query(
    `UPDATE run_results SET invited = true, code = $4 WHERE organization_id = $1 AND run_id = $2 AND line = $3`,
    [organizationId, id, line, code],
  );

/** Of these contacts, those that a later run of the same source wrote to. */
export async function touchedSince(
  tx: Transaction,
  { organizationId, id }: RunRef,
  contactIds: readonly ContactId[],
): Promise<ReadonlySet<ContactId>> {
  const found = await rows<{ contactId: ContactId }>(
    tx,
    `SELECT DISTINCT l.contact_id FROM run_results l
       JOIN runs later ON later.organization_id = l.organization_id AND later.id = l.run_id
       JOIN runs this ON this.organization_id = $1 AND this.id = $2
      WHERE l.organization_id = $1 AND l.contact_id = ANY ($3::uuid[]) AND l.run_id <> $2 AND l.undone IS DISTINCT FROM 'undone'
        AND l.result IN ('created', 'updated', 'left') AND later.source_id = this.source_id AND later.committed_at > this.committed_at`,
    [organizationId, id, contactIds],
  );
  return new Set(found.map(({ contactId }) => contactId));
}

/** The last line that was settled; 0 when none was. */
export async function lastResult(tx: Transaction, { organizationId, id }: RunRef): Promise<number> {
  const [found] = await rows<{ line: number | null }>(
    tx,
    `SELECT max(line) AS line FROM run_results WHERE organization_id = $1 AND run_id = $2`,
    [organizationId, id],
  );
  return found?.line ?? 0;
}
