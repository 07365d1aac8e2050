import type { Change } from '../domain/decision';

type Of<K extends Change['kind']> = Extract<Change, { kind: K }>;

/** The changes of one kind. */
export const only = <K extends Change['kind']>(changes: readonly Change[], kind: K): Of<K>[] =>
  changes.filter((change): change is Of<K> => change.kind === kind);
