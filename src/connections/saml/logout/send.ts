import { deflateRawSync } from 'node:zlib';
import type { Principal } from '../../../domain/proof';
import type { BrowserStep, ConnectionContext } from '../../connection';
import { NS, STATUS_SUCCESS } from '../names';
import type { SamlSettings } from '../settings';
import type { Element } from '../xml';
import { append, newDocument } from '../xml-build';
import { withSignature, withSignedQuery } from './sign';

type Context = ConnectionContext<SamlSettings>;

/** Until when a request of ours counts at the identity provider. */
const REQUEST_MINUTES = 5;

/** Where a connection's identity provider takes logout messages; undefined where it offers no single logout. */
export interface LogoutAddress {
  url: string;
  binding: 'redirect' | 'post';
}

export const requestAddress = ({ sloUrl, sloBinding = 'redirect' }: SamlSettings): LogoutAddress | undefined =>
  sloUrl === undefined ? undefined : { url: sloUrl, binding: sloBinding };

/** Metadata 2.2.2: responses may go to an address of their own. */
const responseAddress = (settings: SamlSettings): LogoutAddress | undefined => {
  const address = requestAddress(settings);
  return address && { ...address, url: settings.sloResponseUrl ?? address.url };
};

/** Asks the identity provider to end the session it has with a person (Core 3.7.1). */
export function logoutRequest(
  connection: Context,
  address: LogoutAddress,
  { id, principal, sessionIndex, now }: { id: string; principal: Principal; sessionIndex?: string; now: Date },
): BrowserStep {
  const message = newMessage(connection, 'LogoutRequest', { ID: id, Destination: address.url }, now);
  message.setAttribute('NotOnOrAfter', new Date(now.getTime() + REQUEST_MINUTES * 60_000).toISOString());
  const { value, format, nameQualifier, spNameQualifier } = principal;
  const qualifiers = { NameQualifier: nameQualifier, SPNameQualifier: spNameQualifier, Format: format };
  append(message, NS.assertion, 'saml:NameID', qualifiers, value);
  if (sessionIndex !== undefined) append(message, NS.protocol, 'samlp:SessionIndex', {}, sessionIndex);
  return send(connection, address, 'SAMLRequest', message);
}

/** Tells the identity provider that what it asked was done (Core 3.7.2). Undefined where it takes no answer. */
export function logoutResponse(
  connection: Context,
  { id, inResponseTo, relayState, now }: { id: string; inResponseTo: string; relayState?: string; now: Date },
): BrowserStep | undefined {
  const address = responseAddress(connection.settings);
  if (!address) return undefined;
  const attributes = { ID: id, Destination: address.url, InResponseTo: inResponseTo };
  const message = newMessage(connection, 'LogoutResponse', attributes, now);
  append(append(message, NS.protocol, 'samlp:Status'), NS.protocol, 'samlp:StatusCode', { Value: STATUS_SUCCESS });
  return send(connection, address, 'SAMLResponse', message, relayState);
}

function newMessage(
  { endpoints }: Context,
  name: 'LogoutRequest' | 'LogoutResponse',
  attributes: Readonly<Record<string, string>>,
  now: Date,
): Element {
  const message = newDocument(NS.protocol, `samlp:${name}`);
  const all = { Version: '2.0', IssueInstant: now.toISOString(), ...attributes };
  for (const [key, value] of Object.entries(all)) message.setAttribute(key, value);
  append(message, NS.assertion, 'saml:Issuer', {}, endpoints.entityId);
  return message;
}

function send(
  { settings }: Context,
  { url, binding }: LogoutAddress,
  parameter: 'SAMLRequest' | 'SAMLResponse',
  message: Element,
  relayState?: string,
): BrowserStep {
  const [key] = settings.spKeys;
  if (!key) throw new Error('A SAML connection has at least one key pair.');
  const xml = message.toString();
  const relay: Record<string, string> = relayState === undefined ? {} : { RelayState: relayState };
  if (binding === 'redirect') {
    const encoded = deflateRawSync(xml).toString('base64');
    return { kind: 'redirect', url: withSignedQuery(url, { [parameter]: encoded, ...relay }, settings, key) };
  }
  const signed = Buffer.from(withSignature(xml, settings, key)).toString('base64');
  return { kind: 'form', action: url, fields: { [parameter]: signed, ...relay } };
}
