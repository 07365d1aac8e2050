import type { AccountId, OrganizationId } from '../../domain/ids';
import type { Actor } from '../../domain/ledger-entry';
import { writeLedger } from '../../storage/ledger';
import type { Transaction } from '../../storage/rows';
import { findSecondFactor, useRecoveryCode, useTimeStep } from '../../storage/second-factors';
import type { SecretBox } from '../../storage/secret-box';
import { hashRecoveryCode, readRecoveryCode } from './recovery-codes';
import { openSecret } from './secret';
import { readTotpCode, timeStepOf } from './totp';

/** Whose code, and on what occasion. */
export interface CodeUse {
  organizationId: OrganizationId;
  accountId: AccountId;
  actor: Actor;
  now: Date;
  requestId?: string;
}

/**
 * Uses up a code of an account's second factor: of the app, or one for recovery. Yields which it was; undefined for a wrong
 * one and one that was used before, alike.
 */
export async function useCode(
  tx: Transaction,
  box: SecretBox,
  use: CodeUse,
  typed: string,
): Promise<'totp' | 'recovery_code' | undefined> {
  const code = readTotpCode(typed);
  if (code) return (await useTotpCode(tx, box, use, code)) ? 'totp' : undefined;
  const recovery = readRecoveryCode(typed);
  return recovery && (await useUpRecoveryCode(tx, use, recovery)) ? 'recovery_code' : undefined;
}

async function useTotpCode(
  tx: Transaction,
  box: SecretBox,
  { organizationId, accountId, now }: CodeUse,
  code: string,
): Promise<boolean> {
  const factor = await findSecondFactor(tx, organizationId, accountId);
  if (!factor) return false;
  const step = timeStepOf(openSecret(box, organizationId, factor.secret), code, now);
  return step !== undefined && useTimeStep(tx, organizationId, accountId, factor.secret, step);
}

async function useUpRecoveryCode(tx: Transaction, use: CodeUse, code: string): Promise<boolean> {
  const { organizationId, accountId, actor, now, requestId } = use;
  const hash = hashRecoveryCode(organizationId, accountId, code);
  if (!(await useRecoveryCode(tx, organizationId, accountId, hash, now))) return false;
  const codesLeft = (await findSecondFactor(tx, organizationId, accountId))?.codesLeft ?? 0;
  await writeLedger(tx, now, [
    { organizationId, actor, accountId, requestId, action: 'second_factor.recovery_used', details: { codesLeft } },
  ]);
  return true;
}
