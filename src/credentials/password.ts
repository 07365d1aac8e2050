import { hashPassword } from '../connections/password/hash';
import { weaknessOf, type PasswordAdvice } from '../connections/password/strength';
import { passwordProblem } from '../domain/password';
import type { AccountId, ContactId, OrganizationId } from '../domain/ids';
import type { Occasion } from '../provisioning/door';
import { revokeEmailLinks } from '../storage/email-links';
import { writeLedger } from '../storage/ledger';
import { savePassword } from '../storage/passwords';
import type { Transaction } from '../storage/rows';
import { endAllSessions } from '../storage/sessions';

/** Why a password is not taken, and how a better one is made. */
export interface PasswordRefusal {
  code: 'required' | 'too_short' | 'too_long' | 'control_characters' | 'weak_password';
  advice: readonly PasswordAdvice[];
}

/**
 * Holds a chosen password against the rules and hashes it, before any transaction: it takes a while.
 * @param personal what others know of the person: names, addresses, the organization
 */
export async function acceptPassword(
  password: string,
  personal: readonly (string | null | undefined)[],
): Promise<{ hash: string } | { refusal: PasswordRefusal }> {
  const code = passwordProblem(password);
  if (code) return { refusal: { code, advice: [] } };
  const weakness = weaknessOf(
    password,
    personal.filter((text) => text != null),
  );
  if (weakness) return { refusal: { code: 'weak_password', advice: weakness.advice } };
  return { hash: await hashPassword(password) };
}

/**
 * Sets a password: every session ends, links that were sent before count no more (one to another address may be what whoever
 * knew the old password asked for), and the ledger knows by whom.
 */
export async function setPassword(
  tx: Transaction,
  organizationId: OrganizationId,
  person: { accountId: AccountId; contactId: ContactId },
  hash: string,
  { actor, now, requestId }: Occasion,
): Promise<void> {
  const { accountId } = person;
  await endAllSessions(tx, organizationId, accountId, now);
  await savePassword(tx, organizationId, accountId, hash, now);
  await revokeEmailLinks(tx, organizationId, { accountId }, now);
  await writeLedger(tx, now, [{ organizationId, actor, requestId, ...person, action: 'password.set' }]);
}
