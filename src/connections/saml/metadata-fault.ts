const MESSAGES = {
  metadata_too_large:
    'The metadata is larger than 1 MB. Use the metadata of one identity provider, not of a federation.',
  metadata_not_xml: 'This is not XML. Copy the whole metadata document, from the first < to the last >.',
  metadata_is_html:
    'This is a web page, not metadata. Download the metadata XML from the page, or use its direct address.',
  metadata_with_doctype: 'The metadata has a DOCTYPE, which SAML metadata never needs. Remove it.',
  metadata_not_saml: 'This XML is not the SAML 2.0 metadata of an identity provider.',
  metadata_several_entities:
    'The metadata describes several identity providers. Use the metadata of the one to connect.',
  metadata_is_sp:
    'This is the metadata of an application (service provider). The metadata of the identity provider is needed.',
  metadata_without_entity_id: 'The metadata names no usable entityID.',
  metadata_without_certificate: 'The metadata has no RSA signing certificate, so no sign-in could be verified.',
  metadata_certificate_unreadable: 'A signing certificate in the metadata cannot be read. Download the metadata again.',
  metadata_without_sso: 'The metadata has no SAML 2.0 sign-on address for the HTTP-Redirect or HTTP-POST binding.',
} as const satisfies Record<string, string>;

/** Why metadata cannot be used: a stable code and a sentence for the admin who pasted it. */
export interface MetadataFault {
  ok: false;
  code: keyof typeof MESSAGES;
  message: string;
}

/** What an admin should know about metadata that can be used. */
export interface MetadataWarning {
  code: 'certificate_expired' | 'certificate_expires_soon' | 'certificate_not_rsa' | 'metadata_expired';
  message: string;
}

export const metadataFault = (code: MetadataFault['code']): MetadataFault => ({
  ok: false,
  code,
  message: MESSAGES[code],
});

export const isFault = (value: object): value is MetadataFault => 'ok' in value && value.ok === false;
