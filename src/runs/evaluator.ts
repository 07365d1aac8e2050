import { openDoor } from '../provisioning/door';
import type { ColumnName } from '../sources/columns';
import { isPullKind, pullSources } from '../sources/registry';
import { findRunSource } from '../storage/sources';
import type { Transaction } from '../storage/rows';
import type { RunLine } from '../storage/runs';
import type { RunMode } from '../domain/run';
import type { SourceKind } from '../domain/policy';
import type { RunDeps } from './deps';
import { readDirectory } from './directory';
import type { Evaluator } from './evaluate';

/** Everything that lines are measured against, as it is now. */
export async function openEvaluator(
  deps: Pick<RunDeps, 'untouchable' | 'now'>,
  tx: Transaction,
  run: RunLine,
): Promise<Evaluator> {
  const { organizationId, sourceId, mode } = run;
  const door = await openDoor(tx, organizationId, sourceId);
  return {
    run,
    door,
    sourceId,
    mode,
    required: requiredColumns(door.sourceKind, mode),
    directory: await readDirectory(tx, organizationId, door.policy),
    verifiedDomains: new Set(door.verifiedDomains),
    untouchable: await deps.untouchable(tx, run),
    now: deps.now(),
  };
}

/** What the source says a line needs; nobody needs an address who is only to be known. */
function requiredColumns(kind: SourceKind, mode: RunMode): readonly ColumnName[] {
  const required: readonly ColumnName[] = (isPullKind(kind) && pullSources[kind].required) || [];
  return required.filter((name) => mode === 'accounts' || name !== 'email');
}

/** The source of a run. @throws Error when it is gone, which a foreign key forbids */
export async function sourceOf(tx: Transaction, { organizationId, sourceId }: RunLine) {
  const source = await findRunSource(tx, organizationId, sourceId);
  if (!source) throw new Error(`source ${sourceId} of a run is gone`);
  return source;
}
