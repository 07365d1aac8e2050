import { randomBytes } from 'node:crypto';
import type { Check } from '../connections/connection';
import { entryRefusal } from '../domain/decide-status';
import type { ErrorCode } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import type { Organization } from '../domain/organization';
import type { Policy } from '../domain/policy';
import { noteLocalSignIn } from '../storage/accounts';
import { finishAttempt, insertFinishedAttempt } from '../storage/attempts';
import { writeLedger } from '../storage/ledger';
import { findLocalAccountById, type LocalAccount } from '../storage/passwords';
import type { Transaction } from '../storage/rows';
import { hashOf, newAttemptCode } from './attempt';
import type { LocalOutcome } from './outcome';
import { beginSession } from './sessions';

/** A request of somebody who proves who they are without a connection. */
export interface LocalRequest {
  organization: Organization;
  policy: Policy;
  returnTo?: string;
  userAgent?: string;
  requestId?: string;
}

/** RFC 8176. */
const AMR = ['pwd'];

/** Lets somebody in whose password was right or set just now: session, trace and ledger; or says why the account may not come in. */
export async function admitLocally(
  tx: Transaction,
  request: LocalRequest,
  account: LocalAccount,
  now: Date,
): Promise<LocalOutcome> {
  const { organization, policy, userAgent, returnTo } = request;
  const { accountId } = account;
  const refusal = entryRefusal(account, policy, now);
  if (refusal) return turnAwayLocally(tx, request, account, now, refusal);
  const session = await beginSession(tx, {
    organizationId: organization.id,
    accountId,
    connectionId: null,
    proof: { authenticatedAt: now, amr: AMR },
    policy,
    now,
    userAgent,
  });
  await noteLocalSignIn(tx, organization.id, accountId, now);
  const attempt = await noteAttempt(tx, request, account, now);
  await note(tx, request, account, now, { action: 'signin.succeeded', attemptId: attempt.id });
  const { id: sessionId, expiresAt } = session;
  return { kind: 'signed_in', sessionId, accountId, expiresAt, returnTo: returnTo ?? null };
}

/** As `admitLocally`, by the account's id. */
export async function admitAccount(
  tx: Transaction,
  request: LocalRequest,
  id: AccountId,
  now: Date,
): Promise<LocalOutcome> {
  const account = await findLocalAccountById(tx, request.organization.id, id);
  if (!account) throw new Error(`account ${id} is gone`);
  return admitLocally(tx, request, account, now);
}

/** Keeps a refusal in the trace and the ledger. */
export async function turnAwayLocally(
  tx: Transaction,
  request: LocalRequest,
  account: LocalAccount | undefined,
  now: Date,
  code: ErrorCode,
): Promise<LocalOutcome> {
  const attempt = await noteAttempt(tx, request, account, now, code);
  await note(tx, request, account, now, { action: 'signin.refused', outcome: code, attemptId: attempt.id });
  return { kind: 'refused', code, attemptCode: attempt.code, ...(account && { email: account.email }) };
}

/** The trace: an attempt without a connection. What was typed is kept nowhere: people type passwords into the wrong field. */
async function noteAttempt(
  tx: Transaction,
  { organization, userAgent, requestId }: LocalRequest,
  account: LocalAccount | undefined,
  at: Date,
  refusalCode?: ErrorCode,
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
  const steps = stepsTo(refusalCode);
  const state = refusalCode ? 'refused' : 'succeeded';
  await finishAttempt(tx, organization.id, id, { state, refusalCode, steps, accountId, contactId, email }, at);
  return { id, code };
}

/** What was looked at until then, for the trace. */
function stepsTo(refusalCode: ErrorCode | undefined): readonly Check[] {
  const failed = (rule: string, expected: string, received: string): Check => ({ rule, ok: false, expected, received });
  switch (refusalCode) {
    case undefined:
      return [{ rule: 'password', ok: true }];
    case 'password_not_permitted':
      return [failed('password_permitted', 'an organization that takes passwords', 'one where SSO is required')];
    case 'rate_limited':
      return [failed('rate_limit', 'few wrong passwords in a short time', 'too many')];
    case 'invalid_credentials':
      return [failed('password', 'name and password of an account', 'others')];
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
