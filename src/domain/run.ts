import type { OrganizationId } from './ids';

/** What a bulk of people that arrives together is on its way through (contract, imports). */
export const RUN_STATES = ['staging', 'staged', 'committing', 'committed', 'undone', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Whether the people of a run are to have accounts, or are only to be known. */
export const RUN_MODES = ['accounts', 'catalog'] as const;
export type RunMode = (typeof RUN_MODES)[number];

/** What would become of a line. `leave`: the person is no longer named, or is said to have gone. */
export const ROW_OUTCOMES = ['create', 'update', 'leave', 'unchanged', 'problem'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** What became of a line once it was committed. */
export const ROW_RESULTS = ['created', 'updated', 'left', 'unchanged', 'waiting', 'refused'] as const;
export type RowResult = (typeof ROW_RESULTS)[number];

/** Lines by what would become of them; a line that is left out counts as nothing else. */
export type RunCounts = Readonly<Record<RowOutcome | 'leftOut', number>>;

/** Which run; all that a job's payload says. */
export interface RunRef {
  organizationId: OrganizationId;
  id: string;
}

/** From when on a run stops and asks. Null: that share, or that number, is not looked at. */
export interface BrakeLimit {
  /** Of the organization's live accounts, 0 to 1. */
  share: number;
  /** So many are always let through. */
  number: number;
}
export interface Brake {
  leave: BrakeLimit | null;
  update: BrakeLimit | null;
}

/** What stops a run that nobody set limits for: a tenth leaving, a quarter changing; a handful never does. */
export const DEFAULT_BRAKE: Brake = { leave: { share: 0.1, number: 10 }, update: { share: 0.25, number: 50 } };

export type BrakeReason = keyof Brake;

/** Why a run stops and asks; none: it may go on. */
export function brakeReasons(brake: Brake, counts: RunCounts, liveAccounts: number): BrakeReason[] {
  const exceeds = (kind: BrakeReason): boolean => {
    const limit = brake[kind];
    return limit !== null && counts[kind] > Math.max(limit.number, limit.share * liveAccounts);
  };
  return (['leave', 'update'] as const).filter(exceeds);
}
