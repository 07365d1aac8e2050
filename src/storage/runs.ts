import type { SourceId } from '../domain/ids';
import type { Actor } from '../domain/ledger-entry';
import type { RunCounts, RunMode, RunRef, RunState } from '../domain/run';
import { addJob } from './job-queue';
import { row, rows, type Transaction } from './rows';

export type Allow = 'clean' | 'good-rows';

export interface RunColumn {
  header: string;
  /** Name of a cell; null: left out. */
  means: string | null;
}

export interface NewRun extends RunRef {
  sourceId: SourceId;
  name: string;
  mode: RunMode;
  namesEveryone: boolean;
  mapping: Readonly<Record<string, string | null>> | null;
  /** The file's columns with what each was taken for; null: no file. */
  columns: readonly RunColumn[] | null;
  sendInvitations: boolean;
  inviteAt: Date | null;
  actor: Actor;
  scopes: readonly string[];
  requestId: string | null;
}

/** A run as it stands. */
export interface RunLine extends NewRun {
  state: RunState;
  counts: RunCounts;
  /** Lines done in the present state, of how many when that is known. */
  done: number;
  total: number | null;
  failureCode: string | null;
  failureDetail: string | null;
  allow: Allow | null;
  /** Every invitation went out. */
  invitedAt: Date | null;
  /** Where the source's next reading goes on. */
  bookmark: string | null;
  createdAt: Date;
  stagedAt: Date | null;
  committedAt: Date | null;
  undoAskedAt: Date | null;
  undoneAt: Date | null;
}

const NO_COUNTS: RunCounts = { create: 0, update: 0, leave: 0, unchanged: 0, problem: 0, leftOut: 0 };
const TASK = 'advance_run';

/** Puts down a run that is to be read, and enqueues it. */
export async function insertRun(tx: Transaction, run: NewRun, content: Uint8Array | null, now: Date): Promise<void> {
  await tx.query(
    `INSERT INTO runs (organization_id, id, source_id, name, mode, names_everyone, mapping, columns, send_invitations, invite_at,
                       actor, scopes, request_id, state, counts, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'staging', $14, $15)`,
    [
      ...[run.organizationId, run.id, run.sourceId, run.name, run.mode, run.namesEveryone],
      ...[
        run.mapping && JSON.stringify(run.mapping),
        run.columns && JSON.stringify(run.columns),
        run.sendInvitations,
        run.inviteAt,
      ],
      ...[JSON.stringify(run.actor), run.scopes, run.requestId, JSON.stringify(NO_COUNTS), now],
    ],
  );
  if (content)
    await tx.query(`INSERT INTO run_files (organization_id, run_id, content) VALUES ($1, $2, $3)`, [
      ...[run.organizationId, run.id],
      Buffer.from(content),
    ]);
  await enqueueRun(tx, run);
}

/** Lets a job go on with the run, `delay` seconds from now. */
export const enqueueRun = (tx: Transaction, { organizationId, id }: RunRef, delay = 0): Promise<void> =>
  addJob(tx, { task: TASK, payload: { organizationId, id }, key: `run ${id}`, delay });

const COLUMNS = `organization_id, id, source_id, name, mode, names_everyone, mapping, columns, send_invitations, invite_at, invited_at, bookmark, actor, scopes, request_id,
  state, counts, done, total, failure_code, failure_detail, allow, created_at, staged_at, committed_at, undo_asked_at, undone_at`;

export const findRun = (tx: Transaction, { organizationId, id }: RunRef): Promise<RunLine | undefined> =>
  row<RunLine>(tx, `SELECT ${COLUMNS} FROM runs WHERE organization_id = $1 AND id = $2`, [organizationId, id]);

/** As `findRun`; nobody else changes the run until the end of the transaction. */
export const holdRun = (tx: Transaction, { organizationId, id }: RunRef): Promise<RunLine | undefined> =>
  row<RunLine>(tx, `SELECT ${COLUMNS} FROM runs WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE`, [
    organizationId,
    id,
  ]);

/** A page of runs, newest first. */
export const listRuns = (
  tx: Transaction,
  { organizationId, limit, before }: { organizationId: string; limit: number; before?: string },
): Promise<RunLine[]> =>
  rows<RunLine>(
    tx,
    `SELECT ${COLUMNS} FROM runs WHERE organization_id = $1 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $2`,
    [organizationId, limit, before ?? null],
  );

export type RunChange = Partial<Omit<RunLine, keyof RunRef | 'sourceId' | 'actor' | 'scopes' | 'createdAt'>> &
  Partial<Pick<RunLine, 'actor' | 'scopes'>>;

const JSON_COLUMNS = new Set(['counts', 'mapping', 'columns', 'actor']);

export async function updateRun(tx: Transaction, { organizationId, id }: RunRef, change: RunChange): Promise<void> {
  const values: unknown[] = [organizationId, id];
  const sets = Object.entries(change).map(([name, value]) => {
    const column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return `${column} = $${values.push(JSON_COLUMNS.has(name) && value !== null ? JSON.stringify(value) : value)}`;
  });
  await tx.query(`UPDATE runs SET ${sets.join(', ')} WHERE organization_id = $1 AND id = $2`, values);
}

export const deleteRun = (tx: Transaction, { organizationId, id }: RunRef): Promise<unknown> =>
  tx.query(`DELETE FROM runs WHERE organization_id = $1 AND id = $2`, [organizationId, id]);

/** What was uploaded; undefined once the run is committed. */
export async function findRunFile(tx: Transaction, { organizationId, id }: RunRef): Promise<Uint8Array | undefined> {
  const found = await row<{ content: Buffer }>(
    tx,
    `SELECT content FROM run_files WHERE organization_id = $1 AND run_id = $2`,
    [organizationId, id],
  );
  return found?.content;
}

export const deleteRunFile = (tx: Transaction, { organizationId, id }: RunRef): Promise<unknown> =>
  tx.query(`DELETE FROM run_files WHERE organization_id = $1 AND run_id = $2`, [organizationId, id]);

/** Runs that go on and that no job waits for: the process that had the job was killed, or is at it. */
export const listStrandedRuns = (tx: Transaction, now: Date, limit: number): Promise<RunRef[]> =>
  rows<RunRef>(
    tx,
    `SELECT organization_id, id FROM runs r
      WHERE (state IN ('staging', 'committing') OR undo_asked_at IS NOT NULL AND state = 'committed'
             OR state = 'committed' AND send_invitations AND invited_at IS NULL AND coalesce(invite_at, committed_at) <= $1)
        AND NOT EXISTS (
          SELECT FROM graphile_worker.jobs WHERE key = 'run ' || r.id AND locked_at IS NULL AND attempts < max_attempts)
      ORDER BY created_at LIMIT $2`,
    [now, limit],
  );

/** Accounts that hold an address and a username: what a run's changes are measured against. */
export async function countLiveAccounts(tx: Transaction, organizationId: string): Promise<number> {
  const found = await row<{ count: number }>(
    tx,
    `SELECT count(*)::int AS count FROM accounts WHERE organization_id = $1 AND status NOT IN ('deleted', 'unconfirmed')`,
    [organizationId],
  );
  return found?.count ?? 0;
}
