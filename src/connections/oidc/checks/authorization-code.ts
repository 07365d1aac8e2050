import type { CallbackFacts } from './facts';
import type { Rule } from './rule';

/** RFC 6749 4.1.2: an answer without an error carries a code. */
export const authorizationCode: Rule<CallbackFacts> = ({ reply }) => {
  const { code } = reply.query;
  return { rule: 'authorization_code', ok: typeof code === 'string' && code.length > 0, expected: 'a code' };
};
