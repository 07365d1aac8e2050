import type { Statement } from './account';
import type { Policy } from './policy';
import { ownersOf } from './policy';

/** Who knows whether somebody is here ranks like who knows their id. */
function rankIn(policy: Policy): (statement: Statement) => number {
  const owners = ownersOf(policy, 'externalId');
  return (statement) => owners.indexOf(statement.sourceKind);
}

/** A source that leaves owns presence where every other that says the person is present ranks behind it. */
export function deactivates(leaving: Statement, others: readonly Statement[], policy: Policy): boolean {
  const rank = rankIn(policy);
  return others.every((other) => other.presence !== 'present' || rank(other) > rank(leaving));
}

/** The source that deactivated lifts it by saying the person is present again, unless a better one still says otherwise. */
export function lifts(previous: Statement | undefined, others: readonly Statement[], policy: Policy): boolean {
  if (!previous || previous.presence === 'present') return false;
  const rank = rankIn(policy);
  return others.every((other) => other.presence === 'present' || rank(other) >= rank(previous));
}
