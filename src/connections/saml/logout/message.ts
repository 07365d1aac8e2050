import { readNameId, type NameId } from '../name-id';
import { NS } from '../names';
import { attribute, childElements, children, text, type Element } from '../xml';

export type LogoutKind = 'request' | 'response';

/** A logout message as the browser brought it. */
export interface LogoutInput {
  method: 'GET' | 'POST';
  /** The query as it was sent, without `?`. */
  query: string;
  body: Readonly<Record<string, unknown>>;
  now: Date;
}

/** A verified message, and what came along with it. */
export interface Opened {
  kind: LogoutKind;
  /** The message itself: what its signature covers. */
  root: Element;
  relayState?: string;
}

/** What a LogoutRequest or LogoutResponse says (Core 3.7.1, 3.7.2). Times stay text until a rule reads them. */
export interface LogoutMessage {
  id?: string;
  version?: string;
  issuers: readonly string[];
  destination?: string;
  issueInstant?: string;
  /** Of a request. */
  notOnOrAfter?: string;
  nameIds: readonly NameId[];
  /** Other ways of naming whose sessions end, by element name. */
  otherIds: readonly string[];
  /** None: every session of that person. */
  sessionIndexes: readonly string[];
  /** Of a response. */
  inResponseTo?: string;
  /** Status codes, outermost first. */
  statuses: readonly string[];
}

/** Reads a message from the element that was verified. */
export const readLogoutMessage = (message: Element): LogoutMessage => ({
  id: attribute(message, 'ID'),
  version: attribute(message, 'Version'),
  issuers: children(message, NS.assertion, 'Issuer').map(text),
  destination: attribute(message, 'Destination'),
  issueInstant: attribute(message, 'IssueInstant'),
  notOnOrAfter: attribute(message, 'NotOnOrAfter'),
  nameIds: children(message, NS.assertion, 'NameID').map(readNameId),
  otherIds: childElements(message)
    .map(({ localName }) => localName ?? '')
    .filter((name) => name === 'EncryptedID' || name === 'BaseID'),
  sessionIndexes: children(message, NS.protocol, 'SessionIndex').map(text),
  inResponseTo: attribute(message, 'InResponseTo'),
  statuses: children(message, NS.protocol, 'Status').flatMap(statusCodes),
});

const statusCodes = (parent: Element): string[] =>
  children(parent, NS.protocol, 'StatusCode').flatMap((code) => [
    attribute(code, 'Value') ?? 'none',
    ...statusCodes(code),
  ]);
