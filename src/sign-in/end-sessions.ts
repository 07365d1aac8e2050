import type { AccountId, OrganizationId, SessionId } from '../domain/ids';
import { carryApplications } from '../storage/application-sessions';
import { writeLedger } from '../storage/ledger';
import type { Transaction } from '../storage/rows';
import { endSessions } from '../storage/sessions';
import { inTransaction } from '../storage/transaction';
import type { SignInDeps } from './deps';

const SESSION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Person {
  organizationId: OrganizationId;
  accountId: AccountId;
}

/** A person ends one of their own sessions, or all but one. One that is not theirs, or not a session, ends nothing. */
export async function endOwnSessions(
  deps: SignInDeps,
  who: Person,
  which: { id?: SessionId; allBut?: SessionId },
  requestId: string,
): Promise<void> {
  if (which.id !== undefined && !SESSION_ID.test(which.id)) return;
  await inTransaction(deps.db, (tx) => end(tx, deps.now(), who, which, requestId));
}

interface Held {
  accountId: AccountId;
  sessionId: SessionId;
}

/**
 * A browser's new session takes the place of the one before, which ends. Who signs in anew is signed out of no application:
 * they go on in the new session. Another person's end.
 */
export async function replaceSession(
  deps: SignInDeps,
  { organizationId, before, after }: { organizationId: OrganizationId; before: Held; after: Held },
  requestId: string,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (before.accountId === after.accountId)
      await carryApplications(tx, organizationId, before.sessionId, after.sessionId);
    const who = { organizationId, accountId: before.accountId };
    await end(tx, deps.now(), who, { id: before.sessionId }, requestId);
  });
}

async function end(
  tx: Transaction,
  now: Date,
  { organizationId, accountId }: Person,
  which: { id?: SessionId; allBut?: SessionId },
  requestId: string,
): Promise<void> {
  const ended = await endSessions(tx, organizationId, accountId, now, which);
  if (!ended.length) return;
  const details = { sessions: ended.length };
  const actor = { kind: 'account', id: accountId } as const;
  await writeLedger(tx, now, [{ organizationId, actor, action: 'session.ended', accountId, details, requestId }]);
}
