import type { Decision } from '../domain/decision';
import type { PersonRecord } from '../domain/desired-record';
import { ERRORS } from '../domain/errors';
import type { RunRef } from '../domain/run';
import type { Door } from '../provisioning/door';
import { previewAll, type Foreseen } from '../provisioning/preview';
import type { RowProblem } from '../sources/columns';
import type { Evaluation } from '../storage/run-rows';
import type { Transaction } from '../storage/rows';
import { findDuplicates } from './duplicates';
import { foresee } from './foresee';
import { foreseenDirectory, missingGroups } from './groups';
import { understand, type Line, type Reader } from './understand';
import { isUntouchable, type Untouchable } from './untouchable';

/** What it takes to say what would become of lines. */
export interface Evaluator extends Reader {
  run: RunRef;
  door: Door;
  untouchable: Untouchable;
  now: Date;
  /** What earlier batches of the same look were handed: usernames, seats. */
  foreseen?: Foreseen;
}

/** Says of each line, in order, what would happen if the run were committed now. Writes nothing. */
export async function evaluate<L extends Line>(
  tx: Transaction,
  evaluator: Evaluator,
  lines: readonly L[],
): Promise<readonly (L & Evaluation)[]> {
  const reader = { ...evaluator, directory: foreseenDirectory(evaluator.directory, lines) };
  const understood = lines.map((line) => ({ line, ...understand(line, reader) }));
  const duplicates = await findDuplicates(
    tx,
    evaluator.run,
    understood.filter(({ line }) => !line.leftOut).map((one) => ({ line: one.line.line, ...keysOf(one) })),
  );
  const judged = understood.map((one) => ({
    ...one,
    isNamed: isAdded(one.line) && duplicates.has(one.line.line),
    problems: [...one.problems, ...standing(one.record, duplicates.get(one.line.line), evaluator)],
  }));
  const decided = await decideClean(tx, evaluator, judged);
  return judged.map((one, at) => {
    const decision = decided.get(at);
    const otherwise = one.isNamed ? staysNamed(one.line) : problem(one.line, one.problems);
    return {
      ...one.line,
      ...keysOf(one),
      ...(decision ? verdictOf(decision, one.line, one.record, evaluator) : otherwise),
    };
  });
}

/** A line that nobody told: somebody is no longer named. */
const isAdded = ({ presence, originId }: Line): boolean => presence === 'gone' && originId === null;

/** Somebody who seemed to be named no longer, and whom a mended line names. */
const staysNamed = ({ contactId = null }: Line): Verdict => ({
  ...{ outcome: 'unchanged', problems: null, foreseen: null },
  contactId,
});

type Judged = { record: PersonRecord; problems: readonly RowProblem[] };
type Verdict = Pick<Evaluation, 'outcome' | 'problems' | 'foreseen' | 'contactId'>;

/** What the door would decide of each line without a problem, in turn; by the line's place. */
async function decideClean(
  tx: Transaction,
  { door, now, foreseen }: Evaluator,
  judged: readonly Judged[],
): Promise<ReadonlyMap<number, Decision>> {
  const places = [...judged.keys()].filter((at) => !judged[at]?.problems.length);
  const records = places.flatMap((at) => judged[at]?.record ?? []);
  const decisions = records.length ? await previewAll(tx, door, records, now, foreseen) : [];
  return new Map(decisions.map((decision, at) => [places[at] as number, decision]));
}

const problem = ({ contactId = null }: Line, problems: readonly RowProblem[]): Verdict => ({
  outcome: 'problem',
  problems,
  foreseen: null,
  contactId,
});

function verdictOf(decision: Decision, line: Line, record: PersonRecord, { directory }: Evaluator): Verdict {
  const { outcome, foreseen, problems } = foresee(decision, record.presence !== 'present');
  const missing = missingGroups(line, directory);
  const groups = directory.unknownGroups === 'create' ? { newGroups: missing } : { unknownGroups: missing };
  const settled = decision.action === 'wait' ? decision.kept : decision;
  const target = settled && 'target' in settled && settled.target !== 'new' ? settled.target : undefined;
  return {
    outcome,
    problems: problems.length ? problems : null,
    foreseen: missing.length && foreseen ? { ...foreseen, ...groups } : foreseen,
    contactId: target ?? line.contactId ?? null,
  };
}

/** What stands against a line that nothing in it shows. */
function standing(record: PersonRecord, duplicate: RowProblem | undefined, { untouchable }: Evaluator): RowProblem[] {
  const found = duplicate ? [duplicate] : [];
  if (isUntouchable(record, untouchable))
    found.push({ field: 'line', code: 'insufficient_scope', message: ERRORS.insufficient_scope[1] });
  return found;
}

/** By what a line is known to mean the same person as another. */
export function keysOf({
  line,
  record,
}: {
  line: Line;
  record: PersonRecord;
}): Pick<Evaluation, 'email' | 'externalId'> {
  if (isAdded(line)) return { email: line.cells.email ?? null, externalId: line.cells.externalId ?? null };
  if (record.presence !== 'present') return { email: null, externalId: null };
  return { email: record.attributes.email ?? null, externalId: record.attributes.externalId ?? null };
}
