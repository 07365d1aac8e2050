import type { Change, Decision, RefusalReason } from '../domain/decision';
import type { RowOutcome } from '../domain/run';
import type { RowProblem } from '../sources/columns';
import { ERRORS } from '../domain/errors';
import type { Foreseen, ForeseenChange } from '../storage/run-rows';

type Decided = { outcome: RowOutcome; foreseen: Foreseen | null; problems: readonly RowProblem[] };

/** What a decision means for who looks at the line. */
export function foresee(decision: Decision, isLeaving: boolean): Decided {
  switch (decision.action) {
    case 'unchanged':
      return { outcome: 'unchanged', foreseen: null, problems: [] };
    case 'wait':
      return isLeaving
        ? { outcome: 'unchanged', foreseen: null, problems: [] }
        : { outcome: 'create', foreseen: { changes: [], needs: decision.needs }, problems: [] };
    case 'refuse':
      return { outcome: 'problem', foreseen: null, problems: [problemOf(decision.reason)] };
    case 'apply': {
      const changes = decision.changes.flatMap(changeInWords);
      if (decision.target === 'new') return { outcome: 'create', foreseen: { changes }, problems: [] };
      if (!decision.changes.length && !isLeaving) return { outcome: 'unchanged', foreseen: null, problems: [] };
      return { outcome: isLeaving ? 'leave' : 'update', foreseen: { changes }, problems: [] };
    }
  }
}

/** The cell that a refusal is about; a line as a whole where there is none. */
const FIELD_OF: Partial<Record<RefusalReason, string>> = {
  licence_seats_exhausted: 'licence',
  username_taken: 'username',
  email_taken: 'email',
  link_requires_proof: 'email',
  email_domain_not_allowed: 'email',
  access_ended: 'accessUntil',
};

const problemOf = (reason: RefusalReason): RowProblem => ({
  field: FIELD_OF[reason] ?? 'line',
  code: reason,
  message: ERRORS[reason][1],
});

function changeInWords(change: Change): ForeseenChange[] {
  switch (change.kind) {
    case 'set_attribute':
      return [{ field: change.attribute, before: change.before, after: change.after }];
    case 'set_access':
      return [{ field: change.field, before: text(change.before), after: text(change.after) }];
    case 'set_presence':
      return [{ field: 'status', before: change.before, after: change.after }];
    case 'set_groups':
      return [
        ...change.removed.map((group) => ({ field: 'groups', before: group, after: null })),
        ...change.added.map((group) => ({ field: 'groups', before: null, after: group })),
      ];
    case 'grant_account':
      return (['username', 'userType', 'permissionProfile', 'licence', 'status'] as const)
        .filter((field) => change.account[field] !== null)
        .map((field) => ({ field, before: null, after: text(change.account[field]) }));
    case 'set_email_verified':
    case 'link_identity':
      return [];
  }
}

const text = (value: string | boolean | null): string | null => (value === null ? null : String(value));
