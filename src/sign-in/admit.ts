import { randomBytes } from 'node:crypto';
import type { Check, Completion } from '../connections/connection';
import type { StandardAttribute } from '../domain/attributes';
import type { Decision } from '../domain/decision';
import type { ErrorCode } from '../domain/errors';
import type { AttemptId } from '../domain/ids';
import type { ExternalIdentity } from '../domain/proof';
import { openDoor, type Occasion } from '../provisioning/door';
import { provision, type Outcome } from '../provisioning/provision';
import { noteSignIn } from '../storage/identities';
import { consumeAssertion } from '../storage/replies';
import { consumeAttempt, finishAttempt, insertFinishedAttempt, type PendingAttempt } from '../storage/attempts';
import { writeLedger } from '../storage/ledger';
import type { RefusedLink } from '../storage/link-requests';
import type { Transaction } from '../storage/rows';
import { inTransaction } from '../storage/transaction';
import { hashOf, newAttemptCode } from './attempt';
import { askToLink } from './ask-to-link';
import { admitReturning } from './admit-returning';
import { linkingSteps } from './linking-step';
import type { CompleteRequest } from './request';
import type { SignInDeps } from './deps';
import type { SignInOutcome } from './outcome';
import { recordAtTheDoor } from './record-at-the-door';
import { beginSession } from './sessions';

type Proven = Extract<Completion, { identity: ExternalIdentity }>;

/** An attempt as it is let in: its row and the code people know it by. */
interface Entry {
  attemptId: AttemptId;
  code: string;
  returnTo: string | null;
  /** It began here, in a browser that is known by its cookie. */
  isOurs: boolean;
}

type Turned = Extract<Decision, { action: 'refuse' | 'wait' }>;

/** A proven identity meets the door: attempt, account, session and ledger in one transaction. */
export async function admit(
  deps: SignInDeps,
  request: CompleteRequest,
  proven: Proven,
  attempt: PendingAttempt | undefined,
): Promise<SignInOutcome> {
  const returning = attempt && (await admitReturning(deps, request, proven, attempt));
  return returning ?? inTransaction(deps.db, (tx) => admitIn(tx, deps.now(), request, proven, attempt));
}

async function admitIn(
  tx: Transaction,
  now: Date,
  request: CompleteRequest,
  proven: Proven,
  attempt: PendingAttempt | undefined,
): Promise<SignInOutcome> {
  const { connection } = request;
  const { organizationId } = connection;
  const entry = await enter(tx, now, request, proven, attempt);
  if ('kind' in entry) return entry;

  const door = await openDoor(tx, organizationId, connection.sourceId);
  const record = await recordAtTheDoor(tx, door, connection, proven.identity);
  const occasion: Occasion = {
    actor: { kind: 'person', connectionId: connection.id },
    now,
    requestId: request.requestId,
    attemptId: entry.attemptId,
  };
  const [outcome] = await provision(tx, door, [record], occasion);
  if (!outcome) throw new Error('the door yields an outcome per record');
  const email = record.attributes.email ?? undefined;
  if (outcome.decision.action === 'refuse' || outcome.decision.action === 'wait')
    return turnAway(tx, now, request, proven, entry, outcome, outcome.decision, email);
  return letIn(tx, now, request, proven, entry, outcome, door.policy, email);
}

/** Uses the attempt up, or, for an unsolicited response, its assertion id. */
async function enter(
  tx: Transaction,
  now: Date,
  request: CompleteRequest,
  proven: Proven,
  attempt: PendingAttempt | undefined,
): Promise<Entry | SignInOutcome> {
  const { organizationId, id: connectionId } = request.connection;
  if (attempt) {
    const first = await consumeAttempt(tx, organizationId, attempt.id, now);
    if (!first) return { kind: 'refused', code: 'attempt_used', attemptCode: attempt.code, returnTo: attempt.returnTo };
    return { attemptId: attempt.id, code: attempt.code, returnTo: attempt.returnTo, isOurs: true };
  }
  const { replayKey, replayUntil } = proven;
  if (!replayKey || !replayUntil) throw new Error('an unsolicited response is admitted by its assertion id only');
  const first = await consumeAssertion(tx, organizationId, connectionId, hashOf(replayKey), replayUntil);
  if (!first) return { kind: 'refused', code: 'assertion_replayed' };
  const code = newAttemptCode();
  const relayHash = hashOf(randomBytes(32).toString('hex'));
  const start = {
    organizationId,
    connectionId,
    code,
    relayHash,
    startedAt: now,
    userAgent: request.userAgent ?? null,
    requestId: request.requestId ?? null,
  };
  return { attemptId: await insertFinishedAttempt(tx, start), code, returnTo: null, isOurs: false };
}

async function turnAway(
  tx: Transaction,
  now: Date,
  { connection }: CompleteRequest,
  { identity, steps }: Proven,
  entry: Entry,
  { contactId, accountId }: Outcome,
  decision: Turned,
  email: string | undefined,
): Promise<SignInOutcome> {
  const { organizationId } = connection;
  const { attemptId } = entry;
  const link = { organizationId, contactId, identity, attemptId, now };
  const code = await refusalCode(tx, decision, link);
  const missing = (decision.action === 'refuse' ? decision.attributes : decision.needs) as
    readonly StandardAttribute[] | undefined;
  const finish = {
    ...({
      state: 'refused',
      refusalCode: code,
      steps: [...steps, ...stepsAtTheDoor(decision, code, missing)],
    } as const),
    ...{ accountId, contactId, email, subject: identity.subject },
  };
  await finishAttempt(tx, organizationId, attemptId, finish, now);
  const mayProve = code === 'link_requires_proof' && entry.isOurs;
  return {
    kind: 'refused',
    code,
    attemptId,
    attemptCode: entry.code,
    email,
    returnTo: entry.returnTo,
    ...(missing && { missing }),
    ...(mayProve && { mayProve }),
  };
}

/** Why somebody is turned away; who needs proof asks an admin for a link. */
async function refusalCode(
  tx: Transaction,
  decision: Turned,
  { contactId, ...link }: Omit<RefusedLink, 'contactId' | 'because'> & Pick<Outcome, 'contactId'>,
): Promise<ErrorCode> {
  if (decision.action === 'wait') return 'missing_attribute';
  if (decision.reason !== 'link_requires_proof' || !contactId) return decision.reason;
  return askToLink(tx, { ...link, contactId, because: decision.because });
}

/** The proof was good: how linking was settled, or else what the organization's policy says. */
function stepsAtTheDoor(decision: Turned, code: ErrorCode, missing: readonly string[] | undefined): readonly Check[] {
  const linking = linkingSteps(decision);
  if (linking.some(({ ok }) => !ok)) return linking;
  const expected = missing?.length ? missing.join(', ') : 'somebody whom the policy lets in';
  return [...linking, { rule: 'door', ok: false, expected, received: code }];
}

async function letIn(
  tx: Transaction,
  now: Date,
  request: CompleteRequest,
  { identity, steps: proven }: Proven,
  entry: Entry,
  { contactId, accountId, decision }: Outcome,
  policy: { sessionHours: number; idleMinutes: number },
  email: string | undefined,
): Promise<SignInOutcome> {
  const { organizationId, id: connectionId } = request.connection;
  const steps = [...proven, ...linkingSteps(decision)];
  if (!accountId) throw new Error('whoever is let in has an account');
  await noteSignIn(tx, organizationId, accountId, identity, now);
  const session = await beginSession(tx, {
    organizationId,
    accountId,
    connectionId,
    proof: identity,
    policy,
    now,
    userAgent: request.userAgent,
  });
  const finish = { state: 'succeeded', steps, accountId, contactId, email, subject: identity.subject } as const;
  await finishAttempt(tx, organizationId, entry.attemptId, finish, now);
  await writeLedger(tx, now, [
    {
      organizationId,
      actor: { kind: 'person', accountId, connectionId },
      action: 'signin.succeeded',
      contactId,
      accountId,
      connectionId,
      attemptId: entry.attemptId,
      requestId: request.requestId,
    },
  ]);
  return {
    kind: 'signed_in',
    sessionId: session.id,
    accountId,
    attemptId: entry.attemptId,
    expiresAt: session.expiresAt,
    returnTo: entry.returnTo,
  };
}
