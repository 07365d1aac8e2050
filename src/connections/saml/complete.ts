import type { Check, CompleteInput, Completion, ConnectionContext, ConnectionRefusal } from '../connection';
import { checkAll, MESSAGE_RULES, type VerifiedFacts } from './checks';
import { guard } from './guard';
import { identityOf, replayOf } from './identity';
import { readAssertion, readResponse } from './message';
import type { SamlSettings } from './settings';
import { verifyMessage } from './verify';

/**
 * Completes a sign-in with the identity provider's Response (SAML Profiles 4.1.4): guard, shape, signature, then every
 * rule on verified XML. Never throws because of what came.
 */
export async function complete(
  connection: ConnectionContext<SamlSettings>,
  { attempt, startedAt, reply, now }: CompleteInput,
): Promise<Completion> {
  const guarded = guard(reply);
  if (!guarded.message) return refused(guarded.checks);

  const { checks, verified } = await verifyMessage(connection, guarded.message);
  if (!verified) return refused([...guarded.checks, ...checks]);

  const facts: VerifiedFacts = {
    response: readResponse(verified.response, verified.responseSigned),
    assertion: readAssertion(verified.assertion),
    connection,
    requestId: attempt?.requestId,
    startedAt,
    now,
  };
  const steps = [...guarded.checks, ...checks, ...checkAll(MESSAGE_RULES, facts)];
  return steps.every(({ ok }) => ok) ? { steps, identity: identityOf(facts), ...replayOf(facts) } : refused(steps);
}

const CODES: Readonly<Record<string, ConnectionRefusal['code']>> = {
  status: 'provider_refused',
  pinned_certificates: 'connection_unavailable',
};

/** The first rule that failed is the reason; the others stand in the steps. */
function refused(steps: readonly Check[]): Completion {
  const failed = steps.find(({ ok }) => !ok);
  if (!failed) throw new Error('A refusal without a failed rule.');
  const { rule, expected, received = '' } = failed;
  const detail = rule === 'status' ? received : `expected ${expected}, received ${received}`;
  return { steps, refusal: { code: CODES[rule] ?? 'invalid_assertion', rule, detail } };
}
