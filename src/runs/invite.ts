import { AppError } from '../domain/errors';
import { claimUninvited, settleInvited } from '../storage/run-results';
import { enqueueRun, updateRun, type RunLine } from '../storage/runs';
import { inTransaction } from '../storage/transaction';
import type { RunDeps } from './deps';
import { noteRun } from './ledger';

/** So many letters at once, then a pause: mail servers take thousands from one sender ill. */
const AT_ONCE = 60;
const PAUSE_SECONDS = 30;

/** Invites the next of those who got an account. A letter and the note of it are one transaction: nobody gets two. */
export async function invite(deps: RunDeps, run: RunLine, signal?: AbortSignal): Promise<void> {
  for (let sent = 0; sent < AT_ONCE; sent++) {
    if (signal?.aborted) return;
    if (!(await inviteOne(deps, run))) return finish(deps, run);
  }
  await enqueueRun(deps.db.manager, run, PAUSE_SECONDS);
}

async function inviteOne(deps: RunDeps, run: RunLine): Promise<boolean> {
  return inTransaction(deps.db, async (tx) => {
    const [next] = await claimUninvited(tx, run, 1);
    if (!next) return false;
    await settleInvited(tx, run, next.line, await inviteOrSay(deps, run, tx, next.accountId));
    return true;
  });
}

/** @returns why somebody is sent no letter; null when it is on its way */
async function inviteOrSay(
  deps: RunDeps,
  run: RunLine,
  tx: Parameters<RunDeps['invite']>[0],
  accountId: string,
): Promise<string | null> {
  try {
    await deps.invite(tx, run, accountId);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const finish = (deps: RunDeps, run: RunLine): Promise<void> =>
  inTransaction(deps.db, async (tx) => {
    await updateRun(tx, run, { invitedAt: deps.now() });
    await noteRun(tx, run, deps.now(), { action: 'import.invited' });
  });
