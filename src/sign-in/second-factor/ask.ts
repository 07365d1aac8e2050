import { randomBytes } from 'node:crypto';
import { isSecondFactorRequired } from '../../domain/second-factor';
import { writeLedger } from '../../storage/ledger';
import type { LocalAccount } from '../../storage/passwords';
import { insertPendingSignIn } from '../../storage/pending-sign-ins';
import type { Transaction } from '../../storage/rows';
import { ATTEMPT_MINUTES, hashOf } from '../attempt';
import type { LocalRequest } from '../local-request';
import type { SecondFactorOutcome } from '../outcome';

/** What somebody whose password was right is asked for besides: a code, or to set up where codes come from. */
export type SecondStep = 'code' | 'enrolment';

/** A first enrolment takes its time: an app may have to be installed. */
const MINUTES: Record<SecondStep, number> = { code: 10, enrolment: ATTEMPT_MINUTES };

export function secondStepOf(
  { hasSecondFactor, isBreakGlass }: Pick<LocalAccount, 'hasSecondFactor' | 'isBreakGlass'>,
  { organization, policy }: Pick<LocalRequest, 'organization' | 'policy'>,
): SecondStep | undefined {
  if (hasSecondFactor) return 'code';
  return isBreakGlass || isSecondFactorRequired(organization, policy) ? 'enrolment' : undefined;
}

/** Keeps that a password was right until the second step is done. No session begins: there is a handle for this browser alone. */
export async function askSecondStep(
  tx: Transaction,
  { organization, requestId }: LocalRequest,
  { accountId, contactId }: LocalAccount,
  step: SecondStep,
  now: Date,
): Promise<SecondFactorOutcome> {
  const handle = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + MINUTES[step] * 60_000);
  const organizationId = organization.id;
  await insertPendingSignIn(tx, { organizationId, handleHash: hashOf(handle), accountId, expiresAt });
  const line = { organizationId, actor: { kind: 'person', accountId } as const, accountId, contactId, requestId };
  await writeLedger(tx, now, [{ ...line, action: 'signin.second_factor_asked', details: { step } }]);
  return { kind: 'second_factor', handle, expiresAt };
}
