import type { AccountId } from '../domain/ids';
import type { Database, Transaction } from '../storage/rows';
import type { RunLine } from '../storage/runs';
import type { Untouchable } from './untouchable';

/** What the engine works with; what is a right or a letter is given to it. */
export interface RunDeps {
  db: Database;
  now: () => Date;
  /** Whom a run may not reach, on behalf of whoever asked for it. */
  untouchable(tx: Transaction, run: RunLine): Promise<Untouchable>;
  /** Sends an account the link with which its person comes to have a password. @throws AppError when it is sent none */
  invite(tx: Transaction, run: RunLine, accountId: AccountId): Promise<void>;
}
