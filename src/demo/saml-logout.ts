import { createSign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { encodePost, newId, SIGNATURE, signElement, type SamlKey, type SamlResponseOptions } from './saml-response';
import { SUCCESS } from './saml-message';
import { append, rootElement, SAML, SAMLP, serialize } from './xml';

/** Every value of a logout message, as it is written. Null leaves the attribute or element out. */
export interface LogoutFields {
  id: string | null;
  version: string | null;
  issueInstant: Date | null;
  destination: string | null;
  issuer: string | null;
}

export interface LogoutRequestFields extends LogoutFields {
  notOnOrAfter: Date | null;
  nameId: { value: string; format?: string; nameQualifier?: string; spNameQualifier?: string } | null;
  sessionIndexes: readonly string[];
}

export interface LogoutResponseFields extends LogoutFields {
  inResponseTo: string | null;
  statusCode: string;
  statusSubcode: string | null;
}

type From = { issuer: string; destination: string; now: Date };

function message(name: string, fields: LogoutFields, attributes: Readonly<Record<string, string | undefined>>) {
  const root = rootElement(SAMLP, name, {
    ID: fields.id,
    Version: fields.version,
    IssueInstant: fields.issueInstant?.toISOString(),
    Destination: fields.destination,
    ...attributes,
  });
  if (fields.issuer !== null) append(root, SAML, 'Issuer', {}, fields.issuer);
  return root;
}

const fieldsOf = ({ issuer, destination, now }: From): LogoutFields => ({
  id: newId(),
  version: '2.0',
  issueInstant: now,
  destination,
  issuer,
});

/** A LogoutRequest without signature (SAML Core 3.7.1). */
export function logoutRequestXml(
  from: From,
  about: Pick<LogoutRequestFields, 'nameId'> & Partial<LogoutRequestFields>,
): string {
  const fields = { ...fieldsOf(from), notOnOrAfter: null, sessionIndexes: [], ...about };
  const { notOnOrAfter, nameId, sessionIndexes } = fields as LogoutRequestFields;
  const request = message('LogoutRequest', fields, { NotOnOrAfter: notOnOrAfter?.toISOString() });
  if (nameId) {
    const { value, format, nameQualifier, spNameQualifier } = nameId;
    const attributes = { NameQualifier: nameQualifier, SPNameQualifier: spNameQualifier, Format: format };
    append(request, SAML, 'NameID', attributes, value);
  }
  for (const index of sessionIndexes) append(request, SAMLP, 'SessionIndex', {}, index);
  return serialize(request);
}

/** A LogoutResponse without signature (SAML Core 3.7.2). */
export function logoutResponseXml(from: From, about: Partial<LogoutResponseFields>): string {
  const fields = { ...fieldsOf(from), inResponseTo: null, statusCode: SUCCESS, statusSubcode: null, ...about };
  const { inResponseTo, statusCode, statusSubcode } = fields as LogoutResponseFields;
  const response = message('LogoutResponse', fields, { InResponseTo: inResponseTo ?? undefined });
  const code = append(append(response, SAMLP, 'Status'), SAMLP, 'StatusCode', { Value: statusCode });
  if (statusSubcode !== null) append(code, SAMLP, 'StatusCode', { Value: statusSubcode });
  return serialize(response);
}

/** xml-crypto does not know SHA-384, OpenSSL does. */
const QUERY_SIGNATURE = {
  ...SIGNATURE,
  'rsa-sha384': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
} as const;

export type LogoutParameter = 'SAMLRequest' | 'SAMLResponse';

/** The query of the Redirect binding with its signature (SAML Bindings 3.4.4.1). */
export function redirectQuery(
  parameter: LogoutParameter,
  xml: string,
  { privateKey }: Pick<SamlKey, 'privateKey'>,
  { relayState, algorithm = 'rsa-sha256' }: { relayState?: string; algorithm?: keyof typeof QUERY_SIGNATURE } = {},
): string {
  const encoded = { [parameter]: deflateRawSync(xml).toString('base64') };
  const all = {
    ...encoded,
    ...(relayState !== undefined && { RelayState: relayState }),
    SigAlg: QUERY_SIGNATURE[algorithm],
  };
  const query = Object.entries(all)
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("'", '%27')}`)
    .join('&');
  const signature = createSign(algorithm.toUpperCase()).update(query).sign(privateKey, 'base64');
  return `${query}&Signature=${encodeURIComponent(signature)}`;
}

/** The value of the POST binding's field, the message signed in itself (SAML Bindings 3.5.4.2). */
export const signedPost = (xml: string, key: SamlKey, signature?: SamlResponseOptions['signature']): string =>
  encodePost(signElement(xml, '/*', xml.includes('Issuer>'), key, signature));
