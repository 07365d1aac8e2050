import { CAPTURE_HOURS } from './captures';
import { rows, type Database } from './rows';
import { inTransaction } from './transaction';

/** Days that things are kept (security 27). */
const KEPT = {
  attempts: 90,
  ledger: 400,
  sessions: 30,
  notices: 30,
  mails: 90,
  links: 90,
  bulkActions: 90,
  runs: 90,
  openRuns: 30,
} as const;
const BATCH = 10_000;

/** What is over, by table: a condition over `$1`, the present. */
const OVER: Readonly<Record<string, string>> = {
  held_replies: `expires_at < $1`,
  consumed_assertions: `expires_at < $1`,
  pending_logouts: `expires_at < $1`,
  pending_sign_ins: `expires_at < $1`,
  second_factor_enrolments: `expires_at < $1`,
  // A code that is shown again within a day still voids what came of it.
  oidc_payloads: `expires_at < $1::timestamptz - interval '1 day'`,
  application_secrets: `expires_at < $1::timestamptz - interval '90 days'`,
  idempotency_keys: `created_at < $1::timestamptz - interval '24 hours'`,
  // By the hour: what would be too old before the next turn goes now.
  sign_in_captures: `captured_at < $1::timestamptz - interval '${CAPTURE_HOURS - 1} hours'`,
  // Begun and never come back: nobody asks after it.
  sign_in_attempts: `started_at < $1::timestamptz - interval '${KEPT.attempts} days'
    OR (state = 'started' AND refusal_code IS NULL AND expires_at < $1::timestamptz - interval '1 day')`,
  sessions: `coalesce(ended_at, expires_at) < $1::timestamptz - interval '${KEPT.sessions} days'`,
  logout_notices: `created_at < $1::timestamptz - interval '${KEPT.notices} days'`,
  mails: `created_at < $1::timestamptz - interval '${KEPT.mails} days'`,
  email_links: `expires_at < $1::timestamptz - interval '${KEPT.links} days'`,
  // What was never saved holds people who may not be known here at all.
  runs: `created_at < $1::timestamptz - interval '${KEPT.runs} days'
    OR (state IN ('staging', 'staged', 'failed') AND created_at < $1::timestamptz - interval '${KEPT.openRuns} days')`,
  bulk_actions: `created_at < $1::timestamptz - interval '${KEPT.bulkActions} days'`,
  rate_limits: `expire < extract(epoch FROM $1::timestamptz) * 1000`,
  ledger_values: `entry_id IN (SELECT id FROM ledger_entries WHERE at < $1::timestamptz - interval '${KEPT.ledger} days')`,
  ledger_entries: `at < $1::timestamptz - interval '${KEPT.ledger} days'`,
};

/** Deletes what is over, in batches that hold no lock for long. Yields how many rows went, by table. */
export async function cleanUp(db: Database, now: Date): Promise<Readonly<Record<string, number>>> {
  const gone: Record<string, number> = {};
  for (const [table, condition] of Object.entries(OVER)) gone[table] = await deleteOver(db, table, condition, now);
  return gone;
}

async function deleteOver(db: Database, table: string, condition: string, now: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await inTransaction(db, async (tx) => {
      // The one door in the ledger's append-only trigger.
      await tx.query(`SET LOCAL drawbridge.retention = 'on'`);
      return rows(
        tx,
        `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${BATCH}) RETURNING 1`,
        [now],
      );
    });
    total += deleted.length;
    if (deleted.length < BATCH) return total;
  }
}
