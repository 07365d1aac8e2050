import type { ConnectionContext, TokenLogout } from '../connections/connection';
import type { OidcSettings } from '../connections/oidc/settings';
import { lockProviderSessions } from '../storage/provider-sessions';
import { consumeAssertion } from '../storage/replies';
import { inTransaction } from '../storage/transaction';
import { hashOf } from './attempt';
import type { SignInDeps } from './deps';
import { endProviderSessions, type ProviderLogout } from './end-provider-sessions';
import { noteLogoutRefusal } from './note-logout-refusal';

/** An OpenID provider brings a logout token, by itself and without a browser. */
export interface LogoutTokenRequest {
  connection: ConnectionContext<OidcSettings>;
  token: string;
  requestId?: string;
}

export type LogoutTokenOutcome =
  { kind: 'ended' } | { kind: 'refused'; code: 'invalid_logout_token' | 'connection_unavailable'; detail: string };

/**
 * Ends the sessions that a logout token names, of this connection only (OpenID Connect Back-Channel Logout 2.7). A token
 * that is not accepted ends nothing; each counts once (security 13).
 */
export async function receiveLogoutToken(deps: SignInDeps, request: LogoutTokenRequest): Promise<LogoutTokenOutcome> {
  const { connection, token, requestId } = request;
  const { organizationId, id: connectionId } = connection;
  const place: ProviderLogout = { organizationId, connectionId, by: 'backchannel_logout', requestId };
  const reading = await deps.logoutTokens.readLogoutToken(connection, { token, now: deps.now() });
  if ('logout' in reading) {
    if (await endSessions(deps, place, reading.logout)) return { kind: 'ended' };
    return refuse(deps, place, { code: 'invalid_logout_token', rule: 'replayed', detail: 'its jti was seen before' });
  }
  return refuse(deps, place, reading.refusal);
}

/** False when the token was seen before. */
function endSessions(deps: SignInDeps, place: ProviderLogout, logout: TokenLogout): Promise<boolean> {
  const { organizationId, connectionId } = place;
  const { issuer, name, index = '', replayKey, replayUntil } = logout;
  return inTransaction(deps.db, async (tx) => {
    const id = hashOf(`logout_token ${replayKey}`);
    if (!(await consumeAssertion(tx, organizationId, connectionId, id, replayUntil))) return false;
    // A session's id narrows; a name alone means all of that person.
    const by = logout.index === undefined && name !== undefined ? { issuer, name } : { issuer, index };
    const sessions = await lockProviderSessions(tx, organizationId, connectionId, by);
    const meant = sessions.filter(({ principal }) => name === undefined || principal.value === name);
    await endProviderSessions(tx, place, meant, deps.now());
    return true;
  });
}

async function refuse(
  deps: SignInDeps,
  place: ProviderLogout,
  { code, rule, detail }: Pick<Extract<LogoutTokenOutcome, { kind: 'refused' }>, 'code' | 'detail'> & { rule: string },
): Promise<LogoutTokenOutcome> {
  await noteLogoutRefusal(deps, place, { code, rule });
  return { kind: 'refused', code, detail: `${rule}: ${detail}` };
}
