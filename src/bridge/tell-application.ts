import type { LedgerEntry } from '../domain/ledger-entry';
import { exclusively } from '../storage/exclusive';
import { writeLedger } from '../storage/ledger';
import {
  confirmNotice,
  enqueueStrandedNotices,
  findDueNotice,
  noteUnconfirmed,
  type LogoutNotice,
  type NoticeRef,
} from '../storage/logout-notices';
import type { Database, Transaction } from '../storage/rows';
import { inTransaction } from '../storage/transaction';
import type { Notifier } from './notifier';

export interface TellDeps {
  db: Database;
  notifier: Notifier;
  now: () => Date;
  log: { warn(facts: object, message: string): void };
}

const DAY_MS = 24 * 3600_000;
const LONGEST_DELAY = 300;
const STRANDED_AT_ONCE = 1000;

/**
 * Tells one application that somebody is signed out (OpenID Connect Back-Channel Logout 1.0, 2.5), and writes down when
 * it confirmed. One that answers with errors, or not at all, is asked again for a day.
 */
export async function tellApplication(deps: TellDeps, ref: NoticeRef): Promise<void> {
  await exclusively(deps.db, `notice ${ref.id}`, async () => {
    const notice = await findDueNotice(deps.db.manager, ref, deps.now());
    if (!notice) return;
    const problem = await deps.notifier.signOut(notice.clientId, notice.accountId, notice.id);
    await inTransaction(deps.db, (tx) => record(tx, deps, notice, problem));
  });
}

async function record(tx: Transaction, deps: TellDeps, notice: LogoutNotice, problem?: string): Promise<void> {
  const now = deps.now();
  const attempts = notice.attempts + 1;
  const line = lineOf(notice, { attempts, ...(problem && { problem }) });
  if (problem === undefined) {
    await confirmNotice(tx, notice, now);
    return writeLedger(tx, now, [{ ...line, action: 'application.signed_out' }]);
  }
  const isOver = now.getTime() - notice.createdAt.getTime() >= DAY_MS;
  await noteUnconfirmed(tx, notice, now, problem, isOver ? undefined : delayAfter(attempts));
  deps.log.warn({ application: notice.applicationId, attempts, problem }, 'an application did not confirm a sign-out');
  // The first time and the last: in between nothing new is said.
  if (isOver) await writeLedger(tx, now, [{ ...line, action: 'application.sign_out_given_up' }]);
  else if (attempts === 1) await writeLedger(tx, now, [{ ...line, action: 'application.sign_out_unconfirmed' }]);
}

const lineOf = (
  { organizationId, accountId, applicationId }: LogoutNotice,
  details: LedgerEntry['details'],
): Omit<LedgerEntry, 'action'> => ({
  organizationId,
  actor: { kind: 'system' },
  accountId,
  resource: `application:${applicationId}`,
  details,
});

/** Seconds: 1, 2, 4 … 300. */
const delayAfter = (attempts: number): number => Math.min(LONGEST_DELAY, 2 ** (attempts - 1));

/** Gives notices that a killed process left behind their jobs again. */
export const sweepNotices = ({ db, now }: Pick<TellDeps, 'db' | 'now'>): Promise<void> =>
  inTransaction(db, (tx) => enqueueStrandedNotices(tx, now(), STRANDED_AT_ONCE));
