import { tellOfSecondFactor } from '../credentials/tell-of-second-factor';
import { takesPassword } from '../domain/break-glass';
import type { ErrorCode } from '../domain/errors';
import type { AccountId, SessionId } from '../domain/ids';
import { isSecondFactorRequired, type SecondFactorChange } from '../domain/second-factor';
import { throttledAs } from '../sign-in/second-factor/complete';
import {
  confirmEnrolment,
  giveRecoveryCodes,
  openEnrolment,
  readConfirmation,
  type Enrolling,
} from '../sign-in/second-factor/enrol';
import { useCode } from '../sign-in/second-factor/use-code';
import { writeLedger } from '../storage/ledger';
import { findLocalAccountById, holdLocalAccount } from '../storage/passwords';
import type { Transaction } from '../storage/rows';
import { findSecondFactor, removeSecondFactor } from '../storage/second-factors';
import { readSsoStanding } from '../storage/sso-standing';
import { inTransaction } from '../storage/transaction';
import type { SelfServiceDeps } from './deps';
import { showsPassword } from './present-password';
import type { Visit } from './visit';

/** Somebody signed in. */
export interface OwnVisit extends Visit {
  accountId: AccountId;
  sessionId: SessionId;
}

/** How a person's second factor stands. */
export interface OwnSecondFactor {
  enrolledAt?: Date;
  codesLeft: number;
  isRequired: boolean;
}

type Enrolled = { kind: 'enrolled'; codes: readonly string[] };
type Refused = { kind: 'refused'; field: 'code' | 'proof'; code: ErrorCode };

/** Undefined for somebody who has no password that could take one beside it, or may not use it. */
export async function ownSecondFactor(
  { db: { manager } }: SelfServiceDeps,
  { organization, policy }: Pick<Visit, 'organization' | 'policy'>,
  accountId: AccountId,
): Promise<OwnSecondFactor | undefined> {
  const account = await findLocalAccountById(manager, organization.id, accountId);
  if (!account?.hash || !takesPassword(await readSsoStanding(manager, organization.id), account)) return undefined;
  const factor = await findSecondFactor(manager, organization.id, accountId);
  return {
    ...(factor && { enrolledAt: factor.confirmedAt }),
    codesLeft: factor?.codesLeft ?? 0,
    isRequired: account.isBreakGlass || isSecondFactorRequired(organization, policy),
  };
}

/** The secret to be shown to this very session. */
export const openOwnEnrolment = (deps: SelfServiceDeps, visit: OwnVisit): Promise<string> =>
  openEnrolment(deps.db.manager, deps.box, enrolling(deps, visit));

/**
 * Sets up an app, or another in its place. The present factor shows who asks, or else the password: a browser left open is
 * no proof. Yields the recovery codes.
 */
export async function confirmOwnEnrolment(
  deps: SelfServiceDeps,
  visit: OwnVisit,
  typed: { code: string; proof: string },
): Promise<Enrolled | Refused> {
  const who = enrolling(deps, visit);
  // The right code of the new app first: a code of the old one is not to be used up in vain.
  const seen = await readConfirmation(deps.db.manager, deps.box, who, typed.code);
  if (!seen) return { kind: 'refused', field: 'code', code: 'invalid_code' };
  return shown(deps, visit, typed.proof, async (tx): Promise<Enrolled | Refused> => {
    const confirmation = await readConfirmation(tx, deps.box, who, typed.code);
    if (!confirmation) return { kind: 'refused', field: 'code', code: 'invalid_code' };
    const codes = await confirmEnrolment(tx, who, confirmation);
    await tell(tx, deps, visit, 'enrolled');
    return { kind: 'enrolled', codes };
  });
}

/** New recovery codes in place of the old ones. */
export const renewOwnCodes = (
  deps: SelfServiceDeps,
  visit: OwnVisit,
  proof: string,
): Promise<{ kind: 'renewed'; codes: readonly string[] } | Refused> =>
  shown(deps, visit, proof, async (tx) => {
    const codes = await giveRecoveryCodes(tx, { organizationId: visit.organization.id, accountId: visit.accountId });
    await note(tx, deps, visit, 'second_factor.codes_renewed');
    await tell(tx, deps, visit, 'codes_renewed');
    return { kind: 'renewed', codes };
  });

/** Goes on with the password alone; not where more is needed. */
export async function removeOwnSecondFactor(
  deps: SelfServiceDeps,
  visit: OwnVisit,
  proof: string,
): Promise<{ kind: 'removed' } | Refused> {
  const { organization, accountId } = visit;
  if ((await ownSecondFactor(deps, visit, accountId))?.isRequired)
    return { kind: 'refused', field: 'proof', code: 'second_factor_required' };
  return shown(deps, visit, proof, async (tx) => {
    if (await removeSecondFactor(tx, organization.id, accountId)) {
      await note(tx, deps, visit, 'second_factor.removed');
      await tell(tx, deps, visit, 'removed');
    }
    return { kind: 'removed' };
  });
}

/** Does the work for whoever shows a code of their second factor, in one transaction with using it up; without one, their password. */
async function shown<T extends { kind: string }>(
  deps: SelfServiceDeps,
  visit: OwnVisit,
  proof: string,
  work: (tx: Transaction) => Promise<T>,
): Promise<T | Refused> {
  const { db, box, throttle } = deps;
  const { organization, accountId, address } = visit;
  const refused = (code: ErrorCode): Refused => ({ kind: 'refused', field: 'proof', code });
  if (!(await findSecondFactor(db.manager, organization.id, accountId))) {
    const password = await showsPassword(deps, visit, accountId, proof);
    if (password.kind !== 'right') return refused(password.kind === 'refused' ? password.code : 'invalid_credentials');
    return inTransaction(db, async (tx) => {
      // Looking at a password takes a while: it may be another by now, or no longer be enough.
      if (!(await holdLocalAccount(tx, organization.id, accountId, password.hash)))
        return refused('invalid_credentials');
      return (await findSecondFactor(tx, organization.id, accountId)) ? refused('invalid_code') : work(tx);
    });
  }
  const who = { organizationId: organization.id, login: throttledAs(accountId), address };
  const checked = await throttle.password(who, () =>
    inTransaction(db, async (tx) => {
      const right = (await useCode(tx, box, enrolling(deps, visit), proof)) !== undefined;
      return { right, outcome: right ? await work(tx) : refused('invalid_code') };
    }),
  );
  return checked === 'rate_limited' ? refused('rate_limited') : checked.outcome;
}

const enrolling = (
  { now }: SelfServiceDeps,
  { organization, accountId, sessionId, requestId }: OwnVisit,
): Enrolling => ({
  organizationId: organization.id,
  accountId,
  actor: { kind: 'account', id: accountId },
  holder: sessionId,
  now: now(),
  requestId,
});

const tell = (tx: Transaction, deps: SelfServiceDeps, visit: OwnVisit, change: SecondFactorChange): Promise<void> =>
  tellOfSecondFactor(tx, deps, visit.organization, visit.accountId, change, deps.now());

const note = (
  tx: Transaction,
  { now }: SelfServiceDeps,
  { organization, accountId, requestId }: OwnVisit,
  action: string,
): Promise<void> =>
  writeLedger(tx, now(), [
    { organizationId: organization.id, actor: { kind: 'account', id: accountId }, accountId, requestId, action },
  ]);
