import { writeLedger } from '../../storage/ledger';
import type { Transaction } from '../../storage/rows';
import {
  deleteEnrolments,
  findEnrolment,
  keepEnrolment,
  type EnrolmentKey,
} from '../../storage/second-factor-enrolments';
import { findSecondFactor, replaceRecoveryCodes, saveSecondFactor } from '../../storage/second-factors';
import type { SecretBox } from '../../storage/secret-box';
import { ATTEMPT_MINUTES, hashOf } from '../attempt';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes';
import { openSecret, sealSecret } from './secret';
import { newTotpSecret, readTotpCode, timeStepOf } from './totp';
import type { CodeUse } from './use-code';

/** Whose second factor is set up, and where: the session, or the sign-in that waits for it. */
export type Enrolling = CodeUse & { holder: string };

const keyOf = ({ organizationId, accountId, holder }: Enrolling): EnrolmentKey => ({
  organizationId,
  accountId,
  holderHash: hashOf(holder),
});

/**
 * The secret to be shown, in Base32: the same for an hour in one place, and never one that was shown in another. Whoever
 * knows a password might wait for its owner to confirm a secret they have seen.
 */
export async function openEnrolment(tx: Transaction, box: SecretBox, who: Enrolling): Promise<string> {
  const { organizationId, now } = who;
  const key = keyOf(who);
  const present = await findEnrolment(tx, key, now);
  if (present) return openSecret(box, organizationId, present);
  const secret = sealSecret(box, organizationId, newTotpSecret());
  const expiresAt = new Date(now.getTime() + ATTEMPT_MINUTES * 60_000);
  return openSecret(box, organizationId, await keepEnrolment(tx, key, { secret, expiresAt }, now));
}

/** A secret that was shown, with the time step of the code that shows the app has it. */
export interface Confirmation {
  secret: string;
  step: number;
}

/** Whether the app has the secret that was shown here. Undefined: a wrong code, or a secret that is over. */
export async function readConfirmation(
  tx: Transaction,
  box: SecretBox,
  who: Enrolling,
  typed: string,
): Promise<Confirmation | undefined> {
  const code = readTotpCode(typed);
  const secret = await findEnrolment(tx, keyOf(who), who.now);
  if (!code || !secret) return undefined;
  const step = timeStepOf(openSecret(box, who.organizationId, secret), code, who.now);
  return step === undefined ? undefined : { secret, step };
}

/** Confirms the second factor, in place of one before. Yields the recovery codes, which are known to nobody afterwards. */
export async function confirmEnrolment(
  tx: Transaction,
  { organizationId, accountId, actor, now, requestId }: CodeUse,
  { secret, step }: Confirmation,
): Promise<readonly string[]> {
  const replaced = (await findSecondFactor(tx, organizationId, accountId)) !== undefined;
  await saveSecondFactor(tx, organizationId, accountId, { secret, confirmedAt: now, lastStep: step });
  await deleteEnrolments(tx, organizationId, accountId);
  const line = { organizationId, actor, accountId, requestId };
  await writeLedger(tx, now, [{ ...line, action: 'second_factor.enrolled', details: { replaced } }]);
  return giveRecoveryCodes(tx, { organizationId, accountId });
}

/** Makes recovery codes in place of those before; only their hashes are kept. */
export async function giveRecoveryCodes(
  tx: Transaction,
  { organizationId, accountId }: Pick<CodeUse, 'organizationId' | 'accountId'>,
): Promise<readonly string[]> {
  const codes = newRecoveryCodes();
  const hashes = codes.map((code) => hashRecoveryCode(organizationId, accountId, code));
  await replaceRecoveryCodes(tx, organizationId, accountId, hashes);
  return codes;
}
