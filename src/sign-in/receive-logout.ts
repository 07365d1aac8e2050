import { randomBytes } from 'node:crypto';
import type { BrowserStep, ConnectionContext } from '../connections/connection';
import type { LogoutInput, LogoutMessage } from '../connections/saml/logout/message';
import { meansSamePerson } from '../connections/saml/logout/name';
import { receiveLogout } from '../connections/saml/logout/receive';
import { logoutResponse } from '../connections/saml/logout/send';
import type { SamlSettings } from '../connections/saml/settings';
import { STATUS_SUCCESS } from '../connections/saml/names';
import { takePendingLogout } from '../storage/pending-logouts';
import { lockProviderSessions } from '../storage/provider-sessions';
import { consumeAssertion } from '../storage/replies';
import { writeLedger } from '../storage/ledger';
import { inTransaction } from '../storage/transaction';
import { hashOf } from './attempt';
import type { SignInDeps } from './deps';
import { endProviderSessions, type ProviderLogout } from './end-provider-sessions';
import { noteLogoutRefusal } from './note-logout-refusal';

/** A browser brings a logout message of a SAML connection's identity provider. */
export interface IncomingLogout {
  connection: ConnectionContext<SamlSettings>;
  message: Omit<LogoutInput, 'now'>;
  /** The browser's own random id; needed for an answer to our request only. */
  browser?: string;
  requestId?: string;
}

/** What a logout message came to. */
export type LogoutOutcome =
  | { kind: 'ended'; answer?: BrowserStep }
  | { kind: 'answered'; confirmed: boolean; returnTo: string | null }
  | { kind: 'refused'; code: 'invalid_logout_request' | 'invalid_logout_response'; detail: string };

const CODES = { request: 'invalid_logout_request', response: 'invalid_logout_response' } as const;
/** As long as its IssueInstant would let a message in again: ten minutes, and the skew on both sides. */
const REPLAY_MS = 12 * 60_000;

/**
 * Does what the identity provider asks, or takes its answer (SAML Profiles 4.4). Sessions are found by what it calls the
 * person, never by cookies: a cross-site POST brings none. A message that is not accepted ends nothing (security 13).
 */
export async function receiveSamlLogout(deps: SignInDeps, request: IncomingLogout): Promise<LogoutOutcome> {
  const received = receiveLogout(request.connection, { ...request.message, now: deps.now() });
  const { kind } = received;
  if ('refusal' in received) return refuse(deps, request, kind, received.refusal);
  const { message, relayState } = received;
  return kind === 'request' ? endSessions(deps, request, message, relayState) : takeAnswer(deps, request, message);
}

async function refuse(
  deps: SignInDeps,
  request: IncomingLogout,
  kind: keyof typeof CODES,
  { rule, detail }: { rule: string; detail: string },
): Promise<LogoutOutcome> {
  const code = CODES[kind];
  await noteLogoutRefusal(deps, place(request), { code, rule });
  return { kind: 'refused', code, detail: `${rule}: ${detail}` };
}

async function endSessions(
  deps: SignInDeps,
  request: IncomingLogout,
  { id = '', nameIds, sessionIndexes }: LogoutMessage,
  relayState: string | undefined,
): Promise<LogoutOutcome> {
  const { connection } = request;
  const { organizationId, id: connectionId, settings } = connection;
  const [nameId] = nameIds;
  if (!nameId) throw new Error('a request that was accepted has a NameID');
  const now = deps.now();
  const isFirst = await inTransaction(deps.db, async (tx) => {
    const until = new Date(now.getTime() + REPLAY_MS);
    if (!(await consumeAssertion(tx, organizationId, connectionId, hashOf(`LogoutRequest ${id}`), until))) return false;
    const by = { issuer: settings.idpEntityId, name: nameId.value };
    const sessions = await lockProviderSessions(tx, organizationId, connectionId, by);
    const meant = sessions.filter(
      ({ principal, sessionIndex }) =>
        meansSamePerson(connection, principal, nameId) &&
        (!sessionIndexes.length || (sessionIndex !== null && sessionIndexes.includes(sessionIndex))),
    );
    await endProviderSessions(tx, place(request), meant, now);
    return true;
  });
  if (!isFirst) return refuse(deps, request, 'request', { rule: 'replayed', detail: 'its ID was seen before' });
  const answer = logoutResponse(connection, { id: newMessageId(), inResponseTo: id, relayState, now });
  return { kind: 'ended', ...(answer && { answer }) };
}

/** An answer counts in the browser that was sent to ask, once. Whatever it says, the session here ended before. */
async function takeAnswer(
  deps: SignInDeps,
  request: IncomingLogout,
  { inResponseTo = '', statuses }: LogoutMessage,
): Promise<LogoutOutcome> {
  const { organizationId, id: connectionId } = request.connection;
  const now = deps.now();
  const confirmed = statuses.length === 1 && statuses[0] === STATUS_SUCCESS;
  const asked = await inTransaction(deps.db, async (tx) => {
    const [requestHash, browserHash] = [hashOf(inResponseTo), hashOf(request.browser ?? '')];
    const pending = await takePendingLogout(tx, { organizationId, connectionId, requestHash, browserHash }, now);
    if (!pending) return undefined;
    const actor = { kind: 'connection', id: connectionId } as const;
    const details = { confirmed };
    await writeLedger(tx, now, [
      { organizationId, actor, action: 'logout.answered', connectionId, details, requestId: request.requestId },
    ]);
    return pending;
  });
  if (asked) return { kind: 'answered', confirmed, returnTo: asked.returnTo };
  const detail = 'expected the ID of a request that this browser was sent with, received another';
  return refuse(deps, request, 'response', { rule: 'in_response_to', detail });
}

/** 128 random bits (Core 1.3.4). */
export const newMessageId = (): string => `_${randomBytes(16).toString('hex')}`;

const place = ({ connection, requestId }: IncomingLogout): ProviderLogout => ({
  organizationId: connection.organizationId,
  connectionId: connection.id,
  by: 'saml_logout',
  requestId,
});
