import { instant } from '../xml';
import { SKEW } from './clock';
import type { VerifiedFacts } from './facts';
import { isTrue, type Outcome } from './rule';

/**
 * Asked to authenticate the person anew (Core 3.4.1), an identity provider may do otherwise and say nothing: then the
 * authentication is older than the attempt. Without an attempt of ours nothing was asked, and nothing can be told.
 */
export function forceAuthn({ assertion, connection, startedAt }: VerifiedFacts): Outcome {
  if (!connection.settings.forceAuthn) return { ok: true };
  const earliest = startedAt && startedAt.getTime() - SKEW;
  const instants = assertion.authnStatements.map(({ authnInstant }) => authnInstant);
  const isNew = (value: string | undefined): boolean =>
    earliest !== undefined && (instant(value)?.getTime() ?? -Infinity) >= earliest;
  return isTrue(
    instants.length > 0 && instants.every(isNew),
    startedAt ? `authentication from ${startedAt.toISOString()} on` : 'an answer to a request of our own',
    instants.map((value) => value ?? 'no AuthnInstant').join(' ') || undefined,
  );
}
