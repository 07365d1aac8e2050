import type { CallbackFacts } from './facts';
import type { Rule } from './rule';

/** RFC 6749 10.12: the answer belongs to the attempt this browser began. */
export const state: Rule<CallbackFacts> = ({ attempt, reply }) => ({
  rule: 'state',
  ok: attempt !== undefined && reply.query['state'] === attempt.relay,
  expected: 'the state of an attempt that is under way',
  received: 'another one',
});
