import type { Element } from '@xmldom/xmldom';
import { append, METADATA, rootElement, SAML, SAMLP, serialize, XMLDSIG } from './xml';

/** Every value of a response, as it is written. Null leaves the attribute or element out. */
export interface SamlResponseFields {
  version: string;
  responseId: string;
  assertionId: string;
  issueInstant: Date;
  destination: string | null;
  responseIssuer: string | null;
  responseInResponseTo: string | null;
  statusCode: string;
  statusSubcode: string | null;
  statusMessage: string | null;
  assertionIssuer: string | null;
  nameId: string | null;
  nameIdFormat: string | null;
  confirmationMethod: string;
  recipient: string | null;
  confirmationNotOnOrAfter: Date | null;
  confirmationInResponseTo: string | null;
  notBefore: Date | null;
  notOnOrAfter: Date | null;
  /** One AudienceRestriction for each list; none leaves the restriction out. */
  audiences: readonly (readonly string[])[];
  authnInstant: Date;
  sessionIndex: string | null;
  sessionNotOnOrAfter: Date | null;
  authnContext: string;
  attributes: Readonly<Record<string, string | readonly string[]>>;
}

export const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';

const time = (date: Date | null): string | null => date && date.toISOString();

/** A Response without signatures (SAML Core 3.3.3). It carries an assertion when its status is Success. */
export function unsignedResponse(fields: SamlResponseFields): string {
  const response = rootElement(SAMLP, 'Response', {
    ID: fields.responseId,
    Version: fields.version,
    IssueInstant: time(fields.issueInstant),
    Destination: fields.destination,
    InResponseTo: fields.responseInResponseTo,
  });
  if (fields.responseIssuer !== null) append(response, SAML, 'Issuer', {}, fields.responseIssuer);
  const status = append(response, SAMLP, 'Status');
  const code = append(status, SAMLP, 'StatusCode', { Value: fields.statusCode });
  if (fields.statusSubcode !== null) append(code, SAMLP, 'StatusCode', { Value: fields.statusSubcode });
  if (fields.statusMessage !== null) append(status, SAMLP, 'StatusMessage', {}, fields.statusMessage);
  if (fields.statusCode === SUCCESS) appendAssertion(response, fields);
  return serialize(response);
}

function appendAssertion(response: Element, fields: SamlResponseFields): void {
  const assertion = append(response, SAML, 'Assertion', {
    ID: fields.assertionId,
    Version: fields.version,
    IssueInstant: time(fields.issueInstant),
  });
  if (fields.assertionIssuer !== null) append(assertion, SAML, 'Issuer', {}, fields.assertionIssuer);
  appendSubject(assertion, fields);
  appendConditions(assertion, fields);
  appendAuthnStatement(assertion, fields);
  appendAttributes(assertion, fields.attributes);
}

function appendSubject(assertion: Element, fields: SamlResponseFields): void {
  const subject = append(assertion, SAML, 'Subject');
  if (fields.nameId !== null) append(subject, SAML, 'NameID', { Format: fields.nameIdFormat }, fields.nameId);
  const confirmation = append(subject, SAML, 'SubjectConfirmation', { Method: fields.confirmationMethod });
  append(confirmation, SAML, 'SubjectConfirmationData', {
    Recipient: fields.recipient,
    NotOnOrAfter: time(fields.confirmationNotOnOrAfter),
    InResponseTo: fields.confirmationInResponseTo,
  });
}

function appendConditions(assertion: Element, fields: SamlResponseFields): void {
  const conditions = append(assertion, SAML, 'Conditions', {
    NotBefore: time(fields.notBefore),
    NotOnOrAfter: time(fields.notOnOrAfter),
  });
  for (const audiences of fields.audiences) {
    const restriction = append(conditions, SAML, 'AudienceRestriction');
    for (const audience of audiences) append(restriction, SAML, 'Audience', {}, audience);
  }
}

function appendAuthnStatement(assertion: Element, fields: SamlResponseFields): void {
  const statement = append(assertion, SAML, 'AuthnStatement', {
    AuthnInstant: time(fields.authnInstant),
    SessionIndex: fields.sessionIndex,
    SessionNotOnOrAfter: time(fields.sessionNotOnOrAfter),
  });
  append(append(statement, SAML, 'AuthnContext'), SAML, 'AuthnContextClassRef', {}, fields.authnContext);
}

function appendAttributes(assertion: Element, attributes: SamlResponseFields['attributes']): void {
  if (!Object.keys(attributes).length) return;
  const statement = append(assertion, SAML, 'AttributeStatement');
  for (const [name, values] of Object.entries(attributes)) {
    const attribute = append(statement, SAML, 'Attribute', {
      Name: name,
      NameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
    });
    for (const value of [values].flat()) append(attribute, SAML, 'AttributeValue', {}, value);
  }
}

/** Metadata of an identity provider (SAML Metadata 2.4.3) that takes requests by Redirect and POST. */
export function idpMetadataXml(idp: {
  entityId: string;
  ssoUrl: string;
  sloUrl?: string;
  /** Signing certificates, PEM. */
  certificates: readonly string[];
}): string {
  const entity = rootElement(METADATA, 'EntityDescriptor', { entityID: idp.entityId });
  const role = append(entity, METADATA, 'IDPSSODescriptor', {
    WantAuthnRequestsSigned: 'false',
    protocolSupportEnumeration: SAMLP,
  });
  for (const certificate of idp.certificates) {
    const keyInfo = append(append(role, METADATA, 'KeyDescriptor', { use: 'signing' }), XMLDSIG, 'KeyInfo');
    const body = certificate.replace(/-----[A-Z ]+-----|\s/g, '');
    append(append(keyInfo, XMLDSIG, 'X509Data'), XMLDSIG, 'X509Certificate', {}, body);
  }
  const service = (name: string, binding: string, location: string): Element =>
    append(role, METADATA, name, { Binding: `urn:oasis:names:tc:SAML:2.0:bindings:${binding}`, Location: location });
  const { ssoUrl, sloUrl } = idp;
  if (sloUrl) for (const binding of ['HTTP-Redirect', 'HTTP-POST']) service('SingleLogoutService', binding, sloUrl);
  for (const format of ['2.0:nameid-format:persistent', '1.1:nameid-format:emailAddress'])
    append(role, METADATA, 'NameIDFormat', {}, `urn:oasis:names:tc:SAML:${format}`);
  for (const binding of ['HTTP-Redirect', 'HTTP-POST']) service('SingleSignOnService', binding, ssoUrl);
  return serialize(entity);
}
