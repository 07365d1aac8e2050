import type { AccountId } from '../domain/ids';
import type { Organization } from '../domain/organization';
import type { SecondFactorChange } from '../domain/second-factor';
import { findLocalPerson } from '../storage/local-people';
import type { Transaction } from '../storage/rows';
import type { LinkDeps } from './deps';
import { envelopeFor } from './recipient';

/** The person hears of every change to their second factor: it may be somebody else's. */
export async function tellOfSecondFactor(
  tx: Transaction,
  { mailroom }: Pick<LinkDeps, 'mailroom'>,
  organization: Organization,
  accountId: AccountId,
  change: SecondFactorChange,
  at: Date,
): Promise<void> {
  const person = await findLocalPerson(tx, organization.id, accountId);
  if (!person) return;
  const letter = { kind: 'second_factor_changed', change, contacts: organization.technicalContacts } as const;
  await mailroom.post(tx, at, envelopeFor(organization, person), letter);
}
