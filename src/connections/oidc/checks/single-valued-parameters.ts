import type { CallbackFacts } from './facts';
import { shown, type Rule } from './rule';

/** RFC 6749 3.1: parameters must not be repeated. Two readers could pick different ones. */
export const singleValuedParameters: Rule<CallbackFacts> = ({ reply }) => {
  const repeated = Object.entries(reply.query).filter(([, value]) => typeof value !== 'string');
  return {
    rule: 'single_valued_parameters',
    ok: repeated.length === 0,
    expected: 'each parameter once',
    ...(repeated.length ? { received: shown(repeated.map(([name]) => name).join(', ')) } : {}),
  };
};
