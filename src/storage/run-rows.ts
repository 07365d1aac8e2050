import type { FieldProblem } from '../domain/errors';
import type { ContactId } from '../domain/ids';
import type { RowOutcome, RunCounts, RunRef } from '../domain/run';
import { row, rows, type Transaction } from './rows';

/** One thing that would change. */
export interface ForeseenChange {
  field: string;
  before: string | null;
  after: string | null;
}

/** What would happen to a line's person: facts for who looks at it. */
export interface Foreseen {
  changes: readonly ForeseenChange[];
  /** Groups that do not exist: created with the line, or not known and left out, as the policy says. */
  newGroups?: readonly string[];
  unknownGroups?: readonly string[];
  /** The person waits in New users for these. */
  needs?: readonly string[];
}

/** A line as it was read, before anybody knows what it means. */
export interface ReadLine {
  line: number;
  cells: Readonly<Record<string, string | null | undefined>>;
  originId: string | null;
  presence: 'present' | 'inactive' | 'gone';
  lineProblems: readonly FieldProblem[] | null;
}

/** What a line was found to mean. */
export interface Evaluation {
  outcome: RowOutcome;
  problems: readonly (FieldProblem & { suggestion?: string })[] | null;
  foreseen: Foreseen | null;
  contactId: ContactId | null;
  email: string | null;
  externalId: string | null;
}

export type EvaluatedLine = ReadLine & Evaluation;

export interface StagedLine extends EvaluatedLine {
  leftOut: boolean;
  edited: boolean;
}

const RECORDS = `jsonb_to_recordset($3::jsonb) AS r(line int, cells jsonb, "originId" text, presence text, "lineProblems" jsonb, outcome text,
  problems jsonb, foreseen jsonb, "contactId" uuid, email text, "externalId" text)`;

/** Adds lines that were read and evaluated. What a source tells again of somebody takes the place of what it told before. */
export async function insertRows(
  tx: Transaction,
  { organizationId, id }: RunRef,
  lines: readonly EvaluatedLine[],
): Promise<void> {
  const origins = lines.flatMap(({ originId }) => originId ?? []);
  if (origins.length)
    await tx.query(`DELETE FROM run_rows WHERE organization_id = $1 AND run_id = $2 AND origin_id = ANY ($3)`, [
      ...[organizationId, id],
      origins,
    ]);
  await tx.query(
    `INSERT INTO run_rows (organization_id, run_id, line, cells, origin_id, presence, line_problems, outcome, problems, foreseen, contact_id,
                           email, external_id)
     SELECT $1, $2, line, cells, "originId", presence, "lineProblems", outcome, problems, foreseen, "contactId", email, "externalId"
       FROM ${RECORDS}`,
    [organizationId, id, JSON.stringify(lines)],
  );
}

/** Writes anew what lines were found to mean. */
export const updateEvaluations = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  lines: readonly (Evaluation & { line: number })[],
): Promise<unknown> =>
  tx.query(
    `UPDATE run_rows t SET outcome = r.outcome, problems = r.problems, foreseen = r.foreseen, contact_id = r."contactId", email = r.email,
            external_id = r."externalId"
       FROM ${RECORDS} WHERE t.organization_id = $1 AND t.run_id = $2 AND t.line = r.line`,
    [organizationId, id, JSON.stringify(lines)],
  );

export const deleteRows = (tx: Transaction, { organizationId, id }: RunRef): Promise<unknown> =>
  tx.query(`DELETE FROM run_rows WHERE organization_id = $1 AND run_id = $2`, [organizationId, id]);

const COLUMNS = `line, cells, origin_id, presence, line_problems, left_out, edited, outcome, problems, foreseen, contact_id, email, external_id`;

/** What of a run is looked at. */
export interface RowFilter {
  outcome?: RowOutcome | 'left_out';
  /** Text that a cell contains, whatever its case. */
  search?: string;
}

function whereRows({ organizationId, id }: RunRef, { outcome, search }: RowFilter) {
  const values: unknown[] = [organizationId, id];
  const where = ['organization_id = $1', 'run_id = $2'];
  if (outcome === 'left_out') where.push('left_out');
  else if (outcome) where.push(`NOT left_out AND outcome = $${values.push(outcome)}`);
  if (search) {
    const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    where.push(`EXISTS (SELECT FROM jsonb_each_text(cells) c WHERE c.value ILIKE $${values.push(pattern)})`);
  }
  return { values, where };
}

/** A page of lines, in the file's order. */
export function listRows(
  tx: Transaction,
  run: RunRef,
  { after, limit, ...filter }: RowFilter & { after?: number; limit: number },
): Promise<StagedLine[]> {
  const { values, where } = whereRows(run, filter);
  if (after !== undefined) where.push(`line > $${values.push(after)}`);
  return rows<StagedLine>(
    tx,
    `SELECT ${COLUMNS} FROM run_rows WHERE ${where.join(' AND ')} ORDER BY line LIMIT $${values.push(limit)}`,
    values,
  );
}

export const findRows = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  lines: readonly number[],
): Promise<StagedLine[]> =>
  rows<StagedLine>(
    tx,
    `SELECT ${COLUMNS} FROM run_rows WHERE organization_id = $1 AND run_id = $2 AND line = ANY ($3::int[]) ORDER BY line`,
    [organizationId, id, lines],
  );

/** The next lines that are to be committed. */
export const rowsToCommit = (
  tx: Transaction,
  { organizationId, id }: RunRef,
  { after, limit }: { after: number; limit: number },
): Promise<StagedLine[]> =>
  rows<StagedLine>(
    tx,
    `SELECT ${COLUMNS} FROM run_rows WHERE organization_id = $1 AND run_id = $2 AND line > $3 AND NOT left_out AND outcome <> 'problem'
      ORDER BY line LIMIT $4`,
    [organizationId, id, after, limit],
  );

/** What an edit does to lines: cells that are set (null takes a cell away), and whether they are left out. */
export interface RowEdit {
  set?: Readonly<Record<string, string | null>>;
  leftOut?: boolean;
}

export type ChosenRows = { lines: readonly number[] } | { matching: RowFilter };

/** Edits lines. Yields their numbers. */
export async function editRows(
  tx: Transaction,
  run: RunRef,
  chosen: ChosenRows,
  { set = {}, leftOut }: RowEdit,
): Promise<number[]> {
  const { values, where } = whereRows(run, 'matching' in chosen ? chosen.matching : {});
  if ('lines' in chosen) where.push(`line = ANY ($${values.push(chosen.lines)}::int[])`);
  const set$ = `$${values.push(JSON.stringify(set))}::jsonb`;
  const out$ = `$${values.push(leftOut ?? null)}::boolean`;
  const edited = await rows<{ line: number }>(
    tx,
    `UPDATE run_rows SET cells = jsonb_strip_nulls(cells || ${set$}), left_out = coalesce(${out$}, left_out),
            edited = edited OR (${set$} <> '{}'::jsonb),
            -- What was wrong as it was read is over once somebody has mended it.
            line_problems = CASE WHEN ${set$} = '{}'::jsonb THEN line_problems ELSE (
              SELECT jsonb_agg(p) FROM jsonb_array_elements(line_problems) p WHERE NOT (${set$} ? (p ->> 'field') OR p ->> 'field' = 'line')) END
      WHERE ${where.join(' AND ')} RETURNING line`,
    values,
  );
  return edited.map(({ line }) => line);
}

/** Lines by what would become of them. */
export async function countRows(tx: Transaction, { organizationId, id }: RunRef): Promise<RunCounts> {
  const counted = await rows<{ key: keyof RunCounts; count: number }>(
    tx,
    `SELECT CASE WHEN left_out THEN 'leftOut' ELSE outcome END AS key, count(*)::int AS count FROM run_rows
      WHERE organization_id = $1 AND run_id = $2 GROUP BY 1`,
    [organizationId, id],
  );
  const known = Object.fromEntries(counted.map(({ key, count }) => [key, count]));
  return { create: 0, update: 0, leave: 0, unchanged: 0, problem: 0, leftOut: 0, ...known };
}

/** The number of the last line. */
export async function lastLine(tx: Transaction, { organizationId, id }: RunRef): Promise<number> {
  const found = await row<{ line: number | null }>(
    tx,
    `SELECT max(line) AS line FROM run_rows WHERE organization_id = $1 AND run_id = $2`,
    [organizationId, id],
  );
  return found?.line ?? 0;
}
