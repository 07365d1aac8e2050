import type { CallbackFacts } from './facts';
import { shown, type Rule } from './rule';

/** RFC 9207 2.4: an answer that names its issuer names ours (mix-up). The library demands it of a provider that announces it. */
export const responseIssuer: Rule<CallbackFacts> = ({ reply, issuer }) => {
  const iss = reply.query['iss'];
  return {
    rule: 'response_issuer',
    ok: iss === undefined || iss === issuer,
    expected: issuer,
    ...(iss === undefined ? {} : { received: shown(iss) }),
  };
};
