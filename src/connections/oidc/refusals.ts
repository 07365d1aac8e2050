import type { Check, Completion, ConnectionRefusal, ReceivedClaims } from '../connection';
import { shown } from './checks/rule';

/** A check that failed, and what the refusal says beyond it. */
export interface Failure {
  check: Check;
  code: ConnectionRefusal['code'];
  detail?: string;
}

/** One part of a sign-in: what passed, and what it yields or why it ends here. */
export type Stage<T> = { steps: readonly Check[] } & (T | { failure: Failure });

/** Ends a sign-in: the failed check is the last step, and says what came. */
export const refuse = (
  steps: readonly Check[],
  { check, code, detail }: Failure,
  claims?: ReceivedClaims,
): Completion => ({
  steps: [...steps, { received: 'nothing', ...check }],
  ...(claims && { claims }),
  refusal: { code, rule: check.rule, ...(detail ? { detail } : {}) },
});

/** What the browser or the token endpoint brought is not what it must be. */
export const invalid = (check: Check, detail?: string): Failure => ({ check, code: 'invalid_assertion', detail });

/** What the provider itself said no to: `error` and `error_description` (RFC 6749 4.1.2.1, 5.2). */
export const refusedByProvider = (rule: string, error: unknown, description?: unknown): Failure => ({
  check: { rule, ok: false, expected: 'an answer without an error', received: shown(error) },
  code: 'provider_refused',
  detail: [error, description]
    .filter((part) => typeof part === 'string' && part)
    .map(shown)
    .join(': '),
});

/** The provider could not be asked, or did not answer as one. */
export const unavailable = (rule: string, detail: string): Failure => ({
  check: { rule, ok: false, expected: 'an answer of the provider', received: shown(detail) },
  code: 'connection_unavailable',
  detail: shown(detail),
});
