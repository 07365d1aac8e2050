import type { AccountId, ContactId, OrganizationId, SessionId } from '../domain/ids';
import type { LinkReason } from '../domain/linking';
import type { IdentityKey } from '../domain/proof';
import { linkIdentity, listIdentities, retireIdentities } from '../storage/identities';
import { writeLedger } from '../storage/ledger';
import { withdrawLinkRequests } from '../storage/link-requests';
import { lockKeys } from '../storage/people';
import type { Transaction } from '../storage/rows';
import { endAllSessions, endAllSessionsBut } from '../storage/sessions';
import type { Occasion } from './door';
import { contactLock, emailLock, identityLock } from './lock-keys';

/** An identity that is to sign in to an account because somebody said so: an admin, or the person by the old way of signing in. */
export interface DecidedLink {
  organizationId: OrganizationId;
  account: { id: AccountId; contactId: ContactId; email: string };
  identity: IdentityKey;
}

/**
 * Waits until no sign-in of the identity or of the account's own is being decided, and keeps others waiting until the end
 * of the transaction.
 */
export async function holdForLink(tx: Transaction, { organizationId, account, identity }: DecidedLink): Promise<void> {
  const own = await listIdentities(tx, organizationId, account.id);
  const identities = [identity, ...own].map(identityLock);
  await lockKeys(tx, organizationId, [emailLock(account.email), ...identities, contactLock(account.contactId)]);
}

/**
 * Links the identity. An account has one identity at a connection: the one it had there is retired, and whoever came in by
 * it is signed out, with every other session but `kept`.
 */
export async function linkAsDecided(
  tx: Transaction,
  link: DecidedLink,
  by: Extract<LinkReason, 'proof' | 'approval'>,
  occasion: Occasion,
  kept?: SessionId,
): Promise<void> {
  const { organizationId, account, identity } = link;
  const { now, ...who } = occasion;
  const retired = await retireIdentities(tx, organizationId, account.id, identity.connectionId, now);
  await linkIdentity(tx, organizationId, account.id, identity, by, now);
  await withdrawLinkRequests(tx, organizationId, identity, now);
  if (kept) await endAllSessionsBut(tx, organizationId, account.id, kept, now);
  else await endAllSessions(tx, organizationId, account.id, now);
  await writeLedger(tx, now, [
    {
      ...{ ...who, organizationId, action: 'identity.linked', details: { by, retired } },
      ...{ contactId: account.contactId, accountId: account.id, connectionId: identity.connectionId },
    },
  ]);
}
