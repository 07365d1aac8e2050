import { AMR } from '../../domain/second-factor';
import type { AccountId } from '../../domain/ids';
import { findLocalAccountById, type LocalAccount } from '../../storage/passwords';
import { consumePendingSignIn, findPendingSignIn, holdPendingSignIn } from '../../storage/pending-sign-ins';
import type { Transaction } from '../../storage/rows';
import { inTransaction } from '../../storage/transaction';
import { letInLocally, turnAwayLocally } from '../admit-locally';
import { hashOf } from '../attempt';
import type { SignInDeps } from '../deps';
import { localEntryOf } from '../local-entry';
import type { LocalRequest } from '../local-request';
import type { EntryOutcome } from '../outcome';
import { secondStepOf } from './ask';
import { confirmEnrolment, openEnrolment, readConfirmation, type Enrolling } from './enrol';
import { useCode } from './use-code';

/** A browser at the second step of a sign-in. */
export interface SecondStepRequest extends LocalRequest {
  /** What its sign-in was given; none where there is no cookie. */
  handle: string | undefined;
  /** Of the network. */
  address: string;
}

/** What the page shows. */
export type SecondStepView = { step: 'code' } | { step: 'enrolment'; secret: string; account: string };

/** Where the browser's sign-in stands. Undefined: it has none here, or it is over. */
export async function lookAtSecondStep(
  { db, box, now }: SignInDeps,
  request: SecondStepRequest,
): Promise<SecondStepView | undefined> {
  return inTransaction(db, async (tx) => {
    const at = now();
    const account = await accountOf(tx, request, await find(tx, request, at));
    if (!account) return undefined;
    if (secondStepOf(account, request) === 'code') return { step: 'code' };
    const secret = await openEnrolment(tx, box, enrolling(request, account, at));
    return { step: 'enrolment', secret, account: account.email };
  });
}

/** With the recovery codes of who has just enrolled. `over`: used, expired, another browser's or another organization's. */
export type SecondStepOutcome = (EntryOutcome & { codes?: readonly string[] }) | { kind: 'over' };

/**
 * The second step: a code of the app, one for recovery, or the first code of an app that was just set up. A right one uses the
 * waiting sign-in up and begins the session; a wrong one leaves it, and counts as a wrong password does (security 20).
 */
export async function completeSecondStep(
  deps: SignInDeps,
  request: SecondStepRequest & { code: string },
): Promise<SecondStepOutcome> {
  const { organization, address } = request;
  const pending = await find(deps.db.manager, request, deps.now());
  if (!pending) return { kind: 'over' };
  const login = throttledAs(pending.accountId);
  const who = { organizationId: organization.id, login, address };
  const checked = await deps.throttle.password(who, async () => {
    const outcome = await inTransaction(deps.db, (tx) => completeIn(tx, deps, request));
    return { outcome, right: outcome.kind === 'signed_in' };
  });
  if (checked !== 'rate_limited') return checked.outcome;
  if (!(await deps.throttle.mayNote(organization.id, address, login))) return { kind: 'refused', code: 'rate_limited' };
  return inTransaction(deps.db, async (tx) => {
    const account = await accountOf(tx, request, pending);
    return turnAwayLocally(tx, request, account, deps.now(), 'rate_limited');
  });
}

/** Codes have counts of their own, beside those of passwords. */
export const throttledAs = (accountId: AccountId): string => `second factor ${accountId}`;

async function completeIn(
  tx: Transaction,
  deps: SignInDeps,
  request: SecondStepRequest & { code: string },
): Promise<SecondStepOutcome> {
  const { box, now } = deps;
  const { organization, handle = '', code } = request;
  const at = now();
  const account = await accountOf(tx, request, await holdPendingSignIn(tx, organization.id, hashOf(handle), at));
  if (!account) return { kind: 'over' };
  // Much may have changed since the password was looked at.
  const { refusal } = await localEntryOf(tx, request, account, at);
  if (refusal) return turnAwayLocally(tx, request, account, at, refusal);
  const proved = await proveSecond(tx, box, enrolling(request, account, at), secondStepOf(account, request), code);
  if (!proved) return turnAwayLocally(tx, request, account, at, 'invalid_code');
  if (!(await consumePendingSignIn(tx, organization.id, hashOf(handle))))
    throw new Error('a sign-in that is held is used once');
  if (proved.codes) await deps.tellOfSecondFactor(tx, organization, account.accountId, 'enrolled', at);
  const outcome = await letInLocally(tx, deps, request, account, at, AMR[proved.by]);
  return { ...outcome, ...(proved.codes && { codes: proved.codes }) };
}

interface Proved {
  by: 'totp' | 'recovery_code';
  codes?: readonly string[];
}

async function proveSecond(
  tx: Transaction,
  box: SignInDeps['box'],
  who: Enrolling,
  step: ReturnType<typeof secondStepOf>,
  typed: string,
): Promise<Proved | undefined> {
  if (step === 'code') {
    const by = await useCode(tx, box, who, typed);
    return by && { by };
  }
  const confirmation = await readConfirmation(tx, box, who, typed);
  return confirmation && { by: 'totp', codes: await confirmEnrolment(tx, who, confirmation) };
}

const find = async (tx: Transaction, { organization, handle }: SecondStepRequest, now: Date) =>
  handle === undefined ? undefined : findPendingSignIn(tx, organization.id, hashOf(handle), now);

const accountOf = async (
  tx: Transaction,
  { organization }: LocalRequest,
  pending: { accountId: AccountId } | undefined,
): Promise<LocalAccount | undefined> => pending && findLocalAccountById(tx, organization.id, pending.accountId);

const enrolling = (
  { organization, handle = '', requestId }: SecondStepRequest,
  { accountId }: LocalAccount,
  now: Date,
): Enrolling => ({
  organizationId: organization.id,
  accountId,
  actor: { kind: 'person', accountId },
  holder: handle,
  now,
  ...(requestId && { requestId }),
});
