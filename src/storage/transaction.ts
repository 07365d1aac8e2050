import type { Database, Transaction } from './rows';

const RETRYABLE = new Set(['40001', '40P01']);
const ATTEMPTS = 3;

/** Runs `work` in one transaction; a deadlock or serialization failure runs it anew. Never call the network inside. */
export async function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction('READ COMMITTED', work);
    } catch (error) {
      if (attempt >= ATTEMPTS || !RETRYABLE.has(postgresCode(error) ?? '')) throw error;
    }
  }
}

/** Postgres' SQLSTATE of an error, e.g. `23505` for a unique violation. */
export function postgresCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** The name of the unique index or constraint that an error ran into. */
export function violatedConstraint(error: unknown): string | undefined {
  return postgresCode(error)?.startsWith('23') ? (error as { constraint?: string }).constraint : undefined;
}
