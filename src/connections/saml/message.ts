import type { ReceivedAttributes } from '../../domain/proof';
import { readNameId, type NameId } from './name-id';
import { NS } from './names';
import { attribute, childElements, children, text, type Element } from './xml';

/** What a Response says of itself (Core 3.2.2). Times stay text until a rule reads them. */
export interface ResponseFacts {
  /** True: all of it was verified. False: compared all the same, but believed in nothing. */
  signed: boolean;
  version?: string;
  issuers: readonly string[];
  destination?: string;
  inResponseTo?: string;
  issueInstant?: string;
}

/** What a verified Assertion says (Core 2.3.3). */
export interface AssertionFacts {
  id?: string;
  version?: string;
  issuers: readonly string[];
  issueInstant?: string;
  subjects: number;
  nameIds: readonly NameId[];
  confirmations: readonly Confirmation[];
  conditions: readonly Conditions[];
  authnStatements: readonly AuthnStatement[];
  attributes: ReceivedAttributes;
}

export interface Confirmation {
  method?: string;
  recipient?: string;
  notBefore?: string;
  notOnOrAfter?: string;
  inResponseTo?: string;
}

interface Conditions {
  notBefore?: string;
  notOnOrAfter?: string;
  /** One list for each AudienceRestriction. */
  audiences: readonly (readonly string[])[];
  /** Conditions that this service does not know (Core 2.5.1: then validity cannot be determined). */
  unknown: readonly string[];
}

interface AuthnStatement {
  authnInstant?: string;
  sessionIndex?: string;
  sessionNotOnOrAfter?: string;
  authnContextClassRefs: readonly string[];
}

const saml = (parent: Element | undefined, name: string): Element[] => children(parent, NS.assertion, name);
const below = (parents: readonly Element[], name: string): Element[] => parents.flatMap((parent) => saml(parent, name));

export const readResponse = (response: Element, signed: boolean): ResponseFacts => ({
  signed,
  version: attribute(response, 'Version'),
  issuers: saml(response, 'Issuer').map(text),
  destination: attribute(response, 'Destination'),
  inResponseTo: attribute(response, 'InResponseTo'),
  issueInstant: attribute(response, 'IssueInstant'),
});

export function readAssertion(assertion: Element): AssertionFacts {
  const subjects = saml(assertion, 'Subject');
  return {
    id: attribute(assertion, 'ID'),
    version: attribute(assertion, 'Version'),
    issuers: saml(assertion, 'Issuer').map(text),
    issueInstant: attribute(assertion, 'IssueInstant'),
    subjects: subjects.length,
    nameIds: below(subjects, 'NameID').map(readNameId),
    confirmations: below(subjects, 'SubjectConfirmation').map(readConfirmation),
    conditions: saml(assertion, 'Conditions').map(readConditions),
    authnStatements: saml(assertion, 'AuthnStatement').map(readAuthnStatement),
    attributes: readAttributes(assertion),
  };
}

function readConfirmation(confirmation: Element): Confirmation {
  const [data] = saml(confirmation, 'SubjectConfirmationData');
  return {
    method: attribute(confirmation, 'Method'),
    recipient: attribute(data, 'Recipient'),
    notBefore: attribute(data, 'NotBefore'),
    notOnOrAfter: attribute(data, 'NotOnOrAfter'),
    inResponseTo: attribute(data, 'InResponseTo'),
  };
}

const KNOWN_CONDITIONS = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];

const readConditions = (conditions: Element): Conditions => ({
  notBefore: attribute(conditions, 'NotBefore'),
  notOnOrAfter: attribute(conditions, 'NotOnOrAfter'),
  audiences: saml(conditions, 'AudienceRestriction').map((restriction) => saml(restriction, 'Audience').map(text)),
  unknown: childElements(conditions)
    .filter((child) => child.namespaceURI !== NS.assertion || !KNOWN_CONDITIONS.includes(child.localName ?? ''))
    .map((child) => child.localName ?? ''),
});

const readAuthnStatement = (statement: Element): AuthnStatement => ({
  authnInstant: attribute(statement, 'AuthnInstant'),
  sessionIndex: attribute(statement, 'SessionIndex'),
  sessionNotOnOrAfter: attribute(statement, 'SessionNotOnOrAfter'),
  authnContextClassRefs: below(saml(statement, 'AuthnContext'), 'AuthnContextClassRef').map(text),
});

/** Name → values. An attribute sent without a value, or with an empty one, keeps an empty list. FriendlyName is ignored. */
function readAttributes(assertion: Element): ReceivedAttributes {
  const values = new Map<string, string[]>();
  for (const element of below(saml(assertion, 'AttributeStatement'), 'Attribute')) {
    const name = attribute(element, 'Name');
    if (!name) continue;
    const sent = saml(element, 'AttributeValue').map(text).filter(Boolean);
    values.set(name, [...(values.get(name) ?? []), ...sent]);
  }
  return Object.fromEntries(values);
}
