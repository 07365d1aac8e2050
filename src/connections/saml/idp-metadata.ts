import { parseAddress } from '../../domain/web-address';
import { BINDING, NS } from './names';
import { signingCertificates } from './metadata-certificates';
import { isFault, metadataFault, type MetadataFault, type MetadataWarning } from './metadata-fault';
import { attribute, children, descendants, instant, parseXml, text, type Element } from './xml';
import { scanXml, type ScanLimits } from './xml-scan';

/** An identity provider as its metadata describes it. */
export interface IdpDescription {
  entityId: string;
  ssoUrl: string;
  ssoBinding: 'redirect' | 'post';
  sloUrl?: string;
  sloBinding?: 'redirect' | 'post';
  sloResponseUrl?: string;
  /** Signing certificates, PEM. */
  certificates: readonly string[];
  nameIdFormats: readonly string[];
}

export type IdpMetadata = { ok: true; idp: IdpDescription; warnings: readonly MetadataWarning[] } | MetadataFault;

/** What is asked for at the address of metadata. */
export const METADATA_TYPES = 'application/samlmetadata+xml, application/xml, text/xml';

const MAX_CHARACTERS = 1_000_000;
const LIMITS: ScanLimits = {
  maxDepth: 64,
  maxWeight: 250_000,
  maxRewritten: 250_000,
  maxAttributes: 256,
  annotations: true,
};
const LONGEST_ENTITY_ID = 1024;

/**
 * Reads the metadata of one identity provider (SAML Metadata 2.4.3). Its signature is not looked at: whoever pastes or
 * fetches it vouches for it. A certificate's dates warn and never refuse (security 14).
 * @param xml the document as text, at most 1 MB
 * @param now the time that certificates are held against
 */
export function readIdpMetadata(xml: string, now: Date): IdpMetadata {
  const root = parse(xml);
  if (isFault(root)) return root;
  const role = idpRole(root);
  if (isFault(role)) return role;
  const entityId = attribute(role.parentNode as Element, 'entityID')?.trim();
  if (!entityId || entityId.length > LONGEST_ENTITY_ID) return metadataFault('metadata_without_entity_id');
  const signing = signingCertificates(role, now);
  if (isFault(signing)) return signing;
  const sso = service(role, 'SingleSignOnService');
  if (!sso) return metadataFault('metadata_without_sso');
  const slo = service(role, 'SingleLogoutService');

  const nameIdFormats = children(role, NS.metadata, 'NameIDFormat').map(text).filter(Boolean);
  const { certificates, warnings } = signing;
  return {
    ok: true,
    idp: {
      entityId,
      ssoUrl: sso.url,
      ssoBinding: sso.binding,
      ...(slo && { sloUrl: slo.url, sloBinding: slo.binding }),
      ...(slo?.responseUrl && { sloResponseUrl: slo.responseUrl }),
      certificates,
      nameIdFormats,
    },
    warnings: [...expiry(role, root, now), ...warnings],
  };
}

function parse(xml: string): Element | MetadataFault {
  if (xml.length > MAX_CHARACTERS || Buffer.byteLength(xml) > MAX_CHARACTERS)
    return metadataFault('metadata_too_large');
  const trimmed = xml.replace(/^\uFEFF/, '').trim();
  // Before the guard: a page has a DOCTYPE too, and "this is a web page" helps more.
  if (/<!doctype\s+html|<html[\s>]/i.test(trimmed.slice(0, 2000))) return metadataFault('metadata_is_html');
  const fault = scanXml(trimmed, LIMITS);
  if (fault) return metadataFault(fault === 'document type' ? 'metadata_with_doctype' : 'metadata_not_xml');
  return parseXml(trimmed) ?? metadataFault('metadata_not_xml');
}

/** The one role descriptor of an identity provider that speaks SAML 2.0. */
function idpRole(root: Element): Element | MetadataFault {
  if (root.namespaceURI !== NS.metadata || !/^Entit(y|ies)Descriptor$/.test(root.localName ?? ''))
    return metadataFault('metadata_not_saml');
  const entities = [...descendants(root)].filter(
    ({ localName, namespaceURI }) => localName === 'EntityDescriptor' && namespaceURI === NS.metadata,
  );
  const idps = entities.filter((entity) => children(entity, NS.metadata, 'IDPSSODescriptor').length);
  if (idps.length > 1) return metadataFault('metadata_several_entities');
  const [idp] = idps;
  if (!idp) {
    const isSp = entities.some((entity) => children(entity, NS.metadata, 'SPSSODescriptor').length);
    return metadataFault(isSp ? 'metadata_is_sp' : 'metadata_not_saml');
  }
  const speaksSaml2 = (role: Element): boolean =>
    (attribute(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(NS.protocol);
  return children(idp, NS.metadata, 'IDPSSODescriptor').find(speaksSaml2) ?? metadataFault('metadata_without_sso');
}

interface Service {
  url: string;
  binding: 'redirect' | 'post';
  /** Metadata 2.2.2: where answers go, when not to the same address. */
  responseUrl?: string;
}

/** The service's address by Redirect, or else by POST; other bindings (SOAP, Artifact) are not spoken here. */
function service(role: Element, name: string): Service | undefined {
  const offered = children(role, NS.metadata, name);
  for (const binding of ['redirect', 'post'] as const)
    for (const endpoint of offered.filter((one) => attribute(one, 'Binding') === BINDING[binding])) {
      const url = attribute(endpoint, 'Location')?.trim();
      const responseUrl = attribute(endpoint, 'ResponseLocation')?.trim();
      if (url && isHttp(url)) return { url, binding, ...(responseUrl && isHttp(responseUrl) && { responseUrl }) };
    }
  return undefined;
}

const isHttp = (url: string): boolean => ['https:', 'http:'].includes(parseAddress(url)?.protocol ?? '');

function expiry(role: Element, root: Element, now: Date): MetadataWarning[] {
  const until = [role, role.parentNode as Element, root].map((element) => instant(attribute(element, 'validUntil')));
  const expired = until.find((time) => time && time <= now);
  return expired
    ? [{ code: 'metadata_expired', message: `The metadata says that it was valid until ${expired.toISOString()}.` }]
    : [];
}
