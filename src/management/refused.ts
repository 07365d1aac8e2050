import type { Decision } from '../domain/decision';
import { AppError, ERRORS, type FieldProblem } from '../domain/errors';

type Refusing = Extract<Decision, { action: 'refuse' | 'wait' }>;

/** Fields that a refusal of the door is about, where it does not name them itself. */
const FIELDS: Readonly<Record<string, string>> = {
  username_taken: 'username',
  email_taken: 'email',
  licence_seats_exhausted: 'licence',
};

/** The door's refusal for a program: its reason as the code, with the fields it is about. */
export function refusedBy(decision: Refusing): AppError {
  const code = decision.action === 'refuse' ? decision.reason : 'missing_attribute';
  const named = decision.action === 'refuse' ? decision.attributes : decision.needs;
  const fields = named ?? (FIELDS[code] ? [FIELDS[code]] : []);
  const problems: FieldProblem[] = fields.map((field) => ({ field, code, message: ERRORS[code][1] }));
  return new AppError(code, { fields: problems });
}
