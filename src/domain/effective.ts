import type { Statement } from './account';
import type { Attribute, AttributeValues } from './attributes';
import type { AccessField, Policy } from './policy';
import { ownersOf } from './policy';

/**
 * The statement that owns a field: of those that say anything about it, the one whose source the policy ranks first.
 * Two sources of one kind: the newer statement. `statements` are newest first; whoever left says nothing any more.
 */
export function ownerOf(statements: readonly Statement[], policy: Policy, field: Attribute): Statement | undefined {
  const speaking = statements.filter(
    (statement) => statement.presence !== 'gone' && statement.attributes[field] !== undefined,
  );
  return byRank(speaking, policy, field);
}

/** The effective value of every field that any source speaks of. */
export function effectiveAttributes(statements: readonly Statement[], policy: Policy): AttributeValues {
  const fields = new Set(statements.flatMap((statement) => Object.keys(statement.attributes) as Attribute[]));
  return Object.fromEntries(
    [...fields].map((field) => [field, ownerOf(statements, policy, field)?.attributes[field] ?? null]),
  );
}

/** The statement that owns an access field, of those that speak of it. */
export const ownerOfAccess = (
  statements: readonly Statement[],
  policy: Policy,
  field: AccessField,
): Statement | undefined =>
  byRank(
    statements.filter(({ presence, access }) => presence !== 'gone' && access[field] !== undefined),
    policy,
    field,
  );

/** What the owning source wants for an access field; undefined when none speaks. */
export const effectiveAccess = <F extends AccessField>(
  statements: readonly Statement[],
  policy: Policy,
  field: F,
): Statement['access'][F] | undefined => ownerOfAccess(statements, policy, field)?.access[field];

function byRank(
  statements: readonly Statement[],
  policy: Policy,
  field: Attribute | AccessField,
): Statement | undefined {
  const owners = ownersOf(policy, field);
  const rank = (statement: Statement) => owners.indexOf(statement.sourceKind);
  return [...statements].sort((a, b) => rank(a) - rank(b))[0];
}
