import { AppError } from '../domain/errors';
import type { AccountId, SessionId } from '../domain/ids';
import { endSessions, listLiveSessions, type LiveSession } from '../storage/sessions';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading } from './island';
import { accountIn } from './person';

export type SessionView = Omit<LiveSession, 'accountId' | 'isBreakGlass'>;

/** The sessions in force of an account, the one used last first. */
export const listAccountSessions = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
): Promise<{ items: readonly SessionView[] }> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    await accountIn(island, id);
    const found = await listLiveSessions(island.tx, island.organization.id, id, island.now);
    return { items: found.map(({ accountId: _asked, isBreakGlass: _how, ...session }) => session) };
  });

/** Ends one session of an account. @throws AppError not_found when it is over already, or another's */
export const endAccountSession = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
  sessionId: SessionId,
): Promise<void> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const { tx, organization: own, now, note } = island;
    const { contactId } = await accountIn(island, id);
    const ended = await endSessions(tx, own.id, id, now, { id: sessionId });
    if (!ended.length) throw new AppError('not_found');
    await note({ action: 'account.sessions_ended', contactId, accountId: id, details: { sessions: 1 } });
  });
