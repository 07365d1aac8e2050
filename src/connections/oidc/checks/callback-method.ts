import type { CallbackFacts } from './facts';
import type { Rule } from './rule';

/** We ask for no `response_mode`: the answer to a code request comes in the query (OAuth 2.0 Multiple Response Types 2.1). */
export const callbackMethod: Rule<CallbackFacts> = ({ reply }) => ({
  rule: 'callback_method',
  ok: reply.method === 'GET',
  expected: 'GET',
  received: reply.method,
});
