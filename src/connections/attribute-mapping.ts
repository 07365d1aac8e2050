import type { Attribute, AttributeValues } from '../domain/attributes';
import { isAttribute, isStandardAttribute } from '../domain/attributes';
import { normalizeEmail } from '../domain/email-address';
import { normalizePhone } from '../domain/phone-number';
import type { ExternalIdentity, MappedProfile, ReceivedAttributes } from '../domain/proof';

/** Attribute of ours → name the identity provider uses; also `groups`. */
export type AttributeMapping = Readonly<Record<string, string>>;

const XMLSOAP = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const MICROSOFT = 'http://schemas.microsoft.com/identity/claims';
const MICROSOFT_2008 = 'http://schemas.microsoft.com/ws/2008/06/identity/claims';

/**
 * Names that Okta, Microsoft Entra ID, Google Workspace, AD FS, Keycloak, Shibboleth and SimpleSAMLphp send, compared
 * without case; the first that came counts. OIDs are those of RFC 4519, RFC 2798 and eduPerson.
 */
const DEFAULT_NAMES: Partial<Record<Attribute | 'groups', readonly string[]>> = {
  email: [
    'email',
    'mail',
    'emailAddress',
    'user.email',
    `${XMLSOAP}/emailaddress`,
    'urn:oid:0.9.2342.19200300.100.1.3',
    'urn:oid:1.2.840.113549.1.9.1',
    'preferred_username',
    'upn',
    `${XMLSOAP}/upn`,
    `${XMLSOAP}/name`,
  ],
  givenName: [
    'givenName',
    'given_name',
    'firstName',
    'first_name',
    'user.firstName',
    `${XMLSOAP}/givenname`,
    'urn:oid:2.5.4.42',
  ],
  familyName: [
    'familyName',
    'family_name',
    'lastName',
    'last_name',
    'surname',
    'sn',
    'user.lastName',
    `${XMLSOAP}/surname`,
    'urn:oid:2.5.4.4',
  ],
  displayName: [
    'displayName',
    'display_name',
    'name',
    'user.displayName',
    `${MICROSOFT}/displayname`,
    'urn:oid:2.16.840.1.113730.3.1.241',
    'cn',
    'urn:oid:2.5.4.3',
  ],
  phone: [
    'phone',
    'phone_number',
    'telephoneNumber',
    'primaryPhone',
    'urn:oid:2.5.4.20',
    'mobilePhone',
    'mobile',
    `${XMLSOAP}/otherphone`,
  ],
  department: ['department', 'user.department', `${MICROSOFT}/department`, 'ou', 'urn:oid:2.5.4.11'],
  title: ['title', 'jobTitle', 'job_title', `${MICROSOFT}/jobtitle`, 'urn:oid:2.5.4.12'],
  locale: ['locale', 'preferredLanguage', 'preferred_language', 'urn:oid:2.16.840.1.113730.3.1.39'],
  groups: [
    'groups',
    'group',
    'memberOf',
    `${MICROSOFT_2008}/groups`,
    'http://schemas.xmlsoap.org/claims/Group',
    'isMemberOf',
    'urn:oid:1.3.6.1.4.1.5923.1.5.1.1',
    `${MICROSOFT_2008}/role`,
    'roles',
    'Role',
    'eduPersonAffiliation',
    'urn:oid:1.3.6.1.4.1.5923.1.1.1.1',
  ],
};

const MAX_VALUE = 256;

/**
 * Translates what a provider sent into our attributes. An explicit mapping replaces the default names of its attribute.
 * Not received: absent. Received empty: null, which clears; an e-mail address is never cleared.
 */
export function mapAttributes(
  identity: Pick<ExternalIdentity, 'attributes' | 'subject'>,
  mapping: AttributeMapping,
): MappedProfile {
  const received = lowerCased(identity.attributes);
  const find = (name: string): readonly string[] | undefined => received.get(name.toLowerCase());
  const attributes: AttributeValues = {};

  const names = new Set([...Object.keys(DEFAULT_NAMES), ...Object.keys(mapping)]);
  for (const name of names) {
    if (name === 'email' || !isAttribute(name)) continue;
    const values = candidates(name, mapping).map(find).find(Boolean);
    if (values) attributes[name] = valueOf(name, values);
  }
  const email = mappedEmail(identity, mapping, find);
  if (email) attributes.email = email;
  // OIDC Core 5.1: people may choose it themselves, so nothing may rest on it.
  const emailChosenByPerson = mapping.email === undefined && isOnlyAUsername(email, find);

  const groups = candidates('groups', mapping).map(find).find(Boolean);
  return {
    attributes,
    ...(emailChosenByPerson && { emailChosenByPerson }),
    ...(groups && { groups: groups.map(tidy).filter(Boolean) }),
  };
}

/** Of several values the first: directories hold a second name or number for somebody, never half of one. */
function valueOf(name: Attribute, values: readonly string[]): string | null {
  const value = isStandardAttribute(name) ? values.map(tidy).find(Boolean) : tidy(values.join(' '));
  return (name === 'phone' && value && normalizePhone(value)) || value || null;
}

const candidates = (name: Attribute | 'groups', mapping: AttributeMapping): readonly string[] =>
  mapping[name] === undefined ? (DEFAULT_NAMES[name] ?? []) : [mapping[name]];

function isOnlyAUsername(email: string | undefined, find: (name: string) => readonly string[] | undefined): boolean {
  const sentAs = (DEFAULT_NAMES.email ?? []).filter((name) => normalizeEmail(find(name)?.[0] ?? '') === email);
  return email !== undefined && sentAs.length === 1 && sentAs[0] === 'preferred_username';
}

/** The first candidate that is an address; without an explicit mapping a subject that is one will do (Google sends nothing else). */
function mappedEmail(
  identity: Pick<ExternalIdentity, 'subject'>,
  mapping: AttributeMapping,
  find: (name: string) => readonly string[] | undefined,
): string | undefined {
  const values = candidates('email', mapping).flatMap((name) => find(name)?.slice(0, 1) ?? []);
  const fallback = mapping.email === undefined ? [identity.subject] : [];
  return [...values, ...fallback].map(normalizeEmail).find(Boolean);
}

const lowerCased = (attributes: ReceivedAttributes): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(attributes).map(([name, values]) => [name.toLowerCase(), values]));

/** One line of text: NFC, no control characters and no half ones (no database can hold them), at most 256 characters. */
const tidy = (value: string): string => {
  const line = value
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .trim();
  return line.length <= MAX_VALUE ? line : Array.from(line).slice(0, MAX_VALUE).join('').trim();
};
