import type { ConnectionContext } from '../connection';
import { BINDING, ENCRYPTION, NS } from './names';
import type { SamlSettings, SpKey } from './settings';
import { certificateBody } from './verifier';
import type { Element } from './xml';
import { append, newDocument } from './xml-build';

/**
 * Yields the metadata of this service for one connection (SAML Metadata 2.4.4), for the identity provider to read.
 * Authenticated encryption is all it asks for. `WantAssertionsSigned` is a wish: with it, identity providers that would sign the Response alone sign the
 * assertion as well, which then proves itself even encrypted; a signed Response alone is accepted all the same.
 */
export function metadata({ endpoints, settings }: ConnectionContext<SamlSettings>): string {
  const entity = newDocument(NS.metadata, 'md:EntityDescriptor');
  entity.setAttribute('entityID', endpoints.entityId);
  const role = append(entity, NS.metadata, 'md:SPSSODescriptor', {
    AuthnRequestsSigned: 'true',
    WantAssertionsSigned: 'true',
    protocolSupportEnumeration: NS.protocol,
  });
  appendKeys(role, settings.spKeys);
  for (const binding of [BINDING.redirect, BINDING.post])
    append(role, NS.metadata, 'md:SingleLogoutService', { Binding: binding, Location: endpoints.sloUrl });
  if (settings.nameIdFormat) append(role, NS.metadata, 'md:NameIDFormat', {}, settings.nameIdFormat);
  append(role, NS.metadata, 'md:AssertionConsumerService', {
    Binding: BINDING.post,
    Location: endpoints.acsUrl,
    index: '0',
    isDefault: 'true',
  });
  return entity.toString();
}

/**
 * An identity provider that reads this once while a next key stands here needs nothing more for the whole rotation.
 * To verify, it takes any key it finds, or only the first: first stands the one that signs now. To encrypt, nearly all
 * take the first: first stands the next one, for it decrypts already and will stay. One that retires still verifies what
 * is on its way and opens what is encrypted for it, but is offered to nobody any more.
 */
function appendKeys(role: Element, keys: readonly SpKey[]): void {
  const body = ({ certificate }: SpKey): string => certificateBody(certificate);
  const next = keys.filter(({ state }) => state === 'next');
  const present = keys.filter(({ state }) => state !== 'next' && state !== 'retiring');
  for (const key of keys) appendKey(role, 'signing', body(key));
  for (const key of [...next, ...present]) appendEncryptionMethods(appendKey(role, 'encryption', body(key)));
}

function appendKey(role: Element, use: 'signing' | 'encryption', body: string): Element {
  const descriptor = append(role, NS.metadata, 'md:KeyDescriptor', { use });
  const keyInfo = append(descriptor, NS.signature, 'ds:KeyInfo');
  append(append(keyInfo, NS.signature, 'ds:X509Data'), NS.signature, 'ds:X509Certificate', {}, body);
  return descriptor;
}

function appendEncryptionMethods(descriptor: Element): void {
  const [oaep] = ENCRYPTION.keyTransport;
  for (const algorithm of [...[...ENCRYPTION.authenticated].reverse(), oaep])
    append(descriptor, NS.metadata, 'md:EncryptionMethod', { Algorithm: algorithm });
}
