import { isFresh, notYet } from './clock';
import type { LogoutFacts } from './logout-facts';
import { equals, isTrue, type Outcome } from './rule';

export const logoutVersion = ({ message }: LogoutFacts): Outcome => equals('2.0', message.version);

/** Core 1.3.4: without an ID it could be replayed unnoticed. */
export const logoutId = ({ message }: LogoutFacts): Outcome => isTrue(Boolean(message.id), 'an ID', message.id);

/** Several connections may trust one key: only the issuer tells their identity providers apart (security 13). */
export const logoutIssuer = ({ message, connection }: LogoutFacts): Outcome =>
  equals(connection.settings.idpEntityId, message.issuers.length > 1 ? 'several' : message.issuers[0]);

/** Bindings 3.4.5.2, 3.5.5.2: required of a signed message, and compared exactly with the stored address. */
export const logoutDestination = ({ message, connection }: LogoutFacts): Outcome =>
  equals(connection.endpoints.sloUrl, message.destination);

export const logoutIssueInstant = ({ message, now }: LogoutFacts): Outcome => isFresh(now, message.issueInstant);

/** Core 3.7.1: a request may say until when it counts. */
export const logoutNotOnOrAfter = ({ message, now }: LogoutFacts): Outcome =>
  message.notOnOrAfter === undefined ? { ok: true } : notYet(now, message.notOnOrAfter);

/** Core 3.7.3.2: whose sessions end. An encrypted name is refused clearly: sign-in knows none either. */
export function logoutNameId({ message }: LogoutFacts): Outcome {
  const { nameIds, otherIds } = message;
  return isTrue(
    nameIds.length === 1 && nameIds[0]?.value !== '' && !otherIds.length,
    'one NameID, not encrypted',
    [...nameIds.map(() => 'NameID'), ...otherIds].join(' ') || undefined,
  );
}

/** Core 3.2.2: a response names the request it answers. Whether we sent it, the stored sign-outs know. */
export const logoutInResponseTo = ({ message }: LogoutFacts): Outcome =>
  isTrue(Boolean(message.inResponseTo), 'the ID of a request', message.inResponseTo);
