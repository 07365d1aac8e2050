import type { RunRef } from '../domain/run';
import { exclusively } from '../storage/exclusive';
import { enqueueRun, findRun, type RunLine } from '../storage/runs';
import { commit } from './commit';
import type { RunDeps } from './deps';
import { invite } from './invite';
import { openReading } from './read';
import { restage, stage } from './stage';
import { undo } from './undo';

/** How soon a run that somebody else is at is looked at again. */
const AGAIN_SECONDS = 1;

/**
 * Goes on with a run where it stands, until it waits for a person. While one process is at it no other is; one that is
 * killed lets go at once, and the next begins where the database says.
 */
export async function advanceRun(deps: RunDeps, ref: RunRef, signal?: AbortSignal): Promise<void> {
  const isMine = await exclusively(deps.db, `run ${ref.id}`, async () => {
    const run = await findRun(deps.db.manager, ref);
    if (run) await STEPS[run.state]?.(deps, run, signal);
    return true;
  });
  // Whoever is at it may be past the step that this was asked for, and about to let go.
  if (!isMine) await enqueueRun(deps.db.manager, ref, AGAIN_SECONDS);
}

type Step = (deps: RunDeps, run: RunLine, signal?: AbortSignal) => Promise<void>;

const STEPS: Partial<Record<RunLine['state'], Step>> = {
  async staging(deps, run, signal) {
    const reading = await openReading(deps.db.manager, run);
    await (reading ? stage(deps, run, reading, signal) : restage(deps, run, signal));
  },
  async committing(deps, run, signal) {
    await commit(deps, run, signal);
  },
  async committed(deps, run, signal) {
    if (run.undoAskedAt) return undo(deps, run, signal);
    if (run.sendInvitations && !run.invitedAt && (run.inviteAt ?? deps.now()) <= deps.now())
      await invite(deps, run, signal);
  },
};
