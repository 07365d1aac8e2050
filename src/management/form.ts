import type { z } from 'zod';
import { invalidForm, type FieldProblem } from '../domain/errors';

const MOST_PROBLEMS = 100;

/**
 * Reads what somebody filled in. Yields the form, or refuses it with every wrong field at once.
 * @throws AppError invalid_form
 */
export function parseForm<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(problemsOf).slice(0, MOST_PROBLEMS);
  throw invalidForm(...problems);
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue): FieldProblem[] {
  const field = issue.path.map(String).join('.') || 'body';
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: [...issue.path.map(String), key].join('.').slice(0, 200),
      code: 'unknown_field',
      message: 'There is no such field.',
    }));
  return [{ field, code: codeOf(issue), message: messageOf(issue) }];
}

function codeOf(issue: Issue): string {
  switch (issue.code) {
    case 'custom':
      return typeof issue.params?.code === 'string' ? issue.params.code : 'invalid_value';
    case 'invalid_type':
      return issue.input === undefined ? 'required' : 'invalid_type';
    case 'too_small':
      return ['string', 'array'].includes(issue.origin) ? 'too_short' : 'too_small';
    case 'too_big':
      return ['string', 'array'].includes(issue.origin) ? 'too_long' : 'too_large';
    case 'invalid_union':
    case 'invalid_value':
      return isAbsent(issue) ? 'required' : 'invalid_value';
    case 'invalid_key':
      return 'invalid_name';
    default:
      return issue.code;
  }
}

function messageOf(issue: Issue): string {
  if (codeOf(issue) === 'required') return 'This field is required.';
  if (issue.code === 'invalid_union') return 'This is none of the values that are taken here.';
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'This is not a name that can be used.';
  return issue.message;
}

const isAbsent = (issue: Issue): boolean => issue.input === undefined;
