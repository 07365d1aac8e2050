import type { AccountId, OrganizationId, SessionId } from '../domain/ids';
import { writeLedger } from '../storage/ledger';
import { endSessions } from '../storage/sessions';
import { inTransaction } from '../storage/transaction';
import type { SignInDeps } from './deps';

const SESSION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A person ends one of their own sessions, or all but one. One that is not theirs, or not a session, ends nothing. */
export async function endOwnSessions(
  deps: SignInDeps,
  who: { organizationId: OrganizationId; accountId: AccountId },
  which: { id?: SessionId; allBut?: SessionId },
  requestId: string,
): Promise<void> {
  if (which.id !== undefined && !SESSION_ID.test(which.id)) return;
  const now = deps.now();
  await inTransaction(deps.db, async (tx) => {
    const ended = await endSessions(tx, who.organizationId, who.accountId, now, which);
    if (!ended.length) return;
    await writeLedger(tx, now, [
      {
        organizationId: who.organizationId,
        actor: { kind: 'account', id: who.accountId },
        action: 'session.ended',
        accountId: who.accountId,
        details: { sessions: ended.length },
        requestId,
      },
    ]);
  });
}
