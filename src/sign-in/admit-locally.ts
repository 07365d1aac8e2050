import { randomBytes } from 'node:crypto';
import type { Check } from '../connections/connection';
import type { ErrorCode } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import { AMR, isMultiFactor } from '../domain/second-factor';
import { noteLocalSignIn } from '../storage/accounts';
import { finishAttempt, insertFinishedAttempt } from '../storage/attempts';
import { writeLedger } from '../storage/ledger';
import { findLocalAccountById, type LocalAccount } from '../storage/passwords';
import type { Transaction } from '../storage/rows';
import { hashOf, newAttemptCode } from './attempt';
import type { LocalDeps } from './deps';
import { localEntryOf } from './local-entry';
import type { LocalRequest } from './local-request';
import type { EntryOutcome, LocalOutcome, RefusedOutcome } from './outcome';
import { askSecondStep, secondStepOf } from './second-factor/ask';
import { beginSession } from './sessions';

/** A right password: lets somebody in, asks for a second factor first, or says why the account may not come in. */
export async function admitLocally(
  tx: Transaction,
  deps: LocalDeps,
  request: LocalRequest,
  account: LocalAccount,
  now: Date,
): Promise<LocalOutcome> {
  const step = secondStepOf(account, request);
  const { refusal } = await localEntryOf(tx, request, account, now);
  if (step && !refusal) return askSecondStep(tx, request, account, step, now);
  return letInLocally(tx, deps, request, account, now, AMR.password);
}

/**
 * Begins the session of somebody who has shown all that is asked for, with trace and ledger; or says why the account may not
 * come in.
 * @param amr how they have shown it (RFC 8176)
 */
export async function letInLocally(
  tx: Transaction,
  deps: LocalDeps,
  request: LocalRequest,
  account: LocalAccount,
  now: Date,
  amr: readonly string[],
): Promise<EntryOutcome> {
  const { organization, policy, userAgent, returnTo } = request;
  const { accountId } = account;
  const { refusal, isBreakGlass } = await localEntryOf(tx, request, account, now);
  if (refusal) return turnAwayLocally(tx, request, account, now, refusal);
  const session = await beginSession(tx, {
    organizationId: organization.id,
    accountId,
    connectionId: null,
    proof: { authenticatedAt: now, amr },
    policy,
    now,
    userAgent,
    isBreakGlass,
  });
  await noteLocalSignIn(tx, organization.id, accountId, now);
  const attempt = await noteAttempt(tx, request, account, now, { amr });
  await note(tx, request, account, now, { action: 'signin.succeeded', attemptId: attempt.id });
  if (isBreakGlass) await noteBreakGlass(tx, deps, request, account, now, attempt.id);
  const { id: sessionId, expiresAt } = session;
  return { kind: 'signed_in', sessionId, accountId, expiresAt, isBreakGlass, returnTo: returnTo ?? null };
}

/** A line of its own, and a letter to those who look after the organization. */
async function noteBreakGlass(
  tx: Transaction,
  { tellOfBreakGlass }: LocalDeps,
  request: LocalRequest,
  account: LocalAccount,
  now: Date,
  attemptId: string,
): Promise<void> {
  await note(tx, request, account, now, { action: 'break_glass.used', attemptId });
  await tellOfBreakGlass(tx, request.organization, account, now);
}

/**
 * As `admitLocally`, by the account's id.
 * @param shown how they have signed in already, where that goes on to count
 */
export async function admitAccount(
  tx: Transaction,
  deps: LocalDeps,
  request: LocalRequest,
  id: AccountId,
  now: Date,
  shown: readonly string[] = [],
): Promise<LocalOutcome> {
  const account = await findLocalAccountById(tx, request.organization.id, id);
  if (!account) throw new Error(`account ${id} is gone`);
  return isMultiFactor(shown)
    ? letInLocally(tx, deps, request, account, now, shown)
    : admitLocally(tx, deps, request, account, now);
}

/** Keeps a refusal in the trace and the ledger. */
export async function turnAwayLocally(
  tx: Transaction,
  request: LocalRequest,
  account: LocalAccount | undefined,
  now: Date,
  code: ErrorCode,
): Promise<RefusedOutcome> {
  const attempt = await noteAttempt(tx, request, account, now, { refusalCode: code });
  await note(tx, request, account, now, { action: 'signin.refused', outcome: code, attemptId: attempt.id });
  return { kind: 'refused', code, attemptCode: attempt.code, ...(account && { email: account.email }) };
}

/** The trace: an attempt without a connection. What was typed is kept nowhere: people type passwords into the wrong field. */
async function noteAttempt(
  tx: Transaction,
  { organization, userAgent, requestId }: LocalRequest,
  account: LocalAccount | undefined,
  at: Date,
  { refusalCode, amr = [] }: { refusalCode?: ErrorCode; amr?: readonly string[] },
) {
  const code = newAttemptCode();
  const id = await insertFinishedAttempt(tx, {
    organizationId: organization.id,
    connectionId: null,
    code,
    relayHash: hashOf(randomBytes(32).toString('hex')),
    startedAt: at,
    userAgent: userAgent ?? null,
    requestId: requestId ?? null,
  });
  const { accountId, contactId, email } = account ?? {};
  const steps = refusalCode ? stepsTo(refusalCode) : stepsOf(amr);
  const state = refusalCode ? 'refused' : 'succeeded';
  await finishAttempt(tx, organization.id, id, { state, refusalCode, steps, accountId, contactId, email }, at);
  return { id, code };
}

/** What was shown, for the trace. */
const stepsOf = (amr: readonly string[]): readonly Check[] => [
  { rule: 'password', ok: true },
  ...(isMultiFactor(amr) ? [{ rule: 'second_factor', ok: true }] : []),
];

/** What was looked at until then. */
function stepsTo(refusalCode: ErrorCode): readonly Check[] {
  const failed = (rule: string, expected: string, received: string): Check => ({ rule, ok: false, expected, received });
  switch (refusalCode) {
    case 'password_not_permitted':
      return [failed('password_permitted', 'an organization that takes passwords', 'one where SSO is required')];
    case 'rate_limited':
      return [failed('rate_limit', 'few wrong passwords in a short time', 'too many')];
    case 'invalid_credentials':
      return [failed('password', 'name and password of an account', 'others')];
    case 'invalid_code':
      return [{ rule: 'password', ok: true }, failed('second_factor', 'a code that counts now, once', 'another')];
    default:
      return [{ rule: 'password', ok: true }, failed('account', 'an account that may come in', refusalCode)];
  }
}

const note = (
  tx: Transaction,
  { organization, requestId }: LocalRequest,
  account: LocalAccount | undefined,
  at: Date,
  entry: { action: string; outcome?: ErrorCode; attemptId: string },
): Promise<void> => {
  const { accountId, contactId } = account ?? {};
  const actor = { kind: 'person', ...(accountId && { accountId }) } as const;
  const details = { method: 'password' };
  return writeLedger(tx, at, [
    { organizationId: organization.id, actor, accountId, contactId, details, requestId, ...entry },
  ]);
};
