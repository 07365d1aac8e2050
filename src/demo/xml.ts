import { DOMImplementation, DOMParser, XMLSerializer, type Document, type Element } from '@xmldom/xmldom';

export const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion';
export const SAMLP = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';
export const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#';

const PREFIX: Readonly<Record<string, string>> = {
  [SAML]: 'saml',
  [SAMLP]: 'samlp',
  [METADATA]: 'md',
  [XMLDSIG]: 'ds',
};

type Attributes = Readonly<Record<string, string | null | undefined>>;

function withAttributes(element: Element, attributes: Attributes): Element {
  for (const [name, value] of Object.entries(attributes)) if (value != null) element.setAttribute(name, value);
  return element;
}

/** Starts a document; yields its root element. Attributes that are null or undefined are left out. */
export function rootElement(namespace: string, name: string, attributes: Attributes): Element {
  const document = new DOMImplementation().createDocument(namespace, `${PREFIX[namespace]}:${name}`);
  return withAttributes(documentElement(document), attributes);
}

/** Appends an element with attributes and, when given, text; yields the new element. */
export function append(
  parent: Element,
  namespace: string,
  name: string,
  attributes: Attributes = {},
  text?: string | null,
): Element {
  const document = ownerDocument(parent);
  const element = withAttributes(document.createElementNS(namespace, `${PREFIX[namespace]}:${name}`), attributes);
  if (text != null) element.appendChild(document.createTextNode(text));
  parent.appendChild(element);
  return element;
}

/** Parses strictly: whatever the parser has to say about the text is an error. */
export function parseXml(xml: string): Document {
  const onError = (_level: string, message: string): never => {
    throw new Error(message);
  };
  return new DOMParser({ onError }).parseFromString(xml, 'text/xml');
}

/** The root of a document, which a parsed one always has. */
export function documentElement(document: Document): Element {
  if (!document.documentElement) throw new Error('The document has no element.');
  return document.documentElement;
}

/** The document an element belongs to, which every element here has. */
export function ownerDocument(element: Element): Document {
  if (!element.ownerDocument) throw new Error('The element has no document.');
  return element.ownerDocument;
}

/** The direct children with this name. */
export const children = (parent: Element, namespace: string, name: string): Element[] =>
  Array.from(parent.childNodes).filter(
    (node): node is Element =>
      node.nodeType === node.ELEMENT_NODE && node.namespaceURI === namespace && node.localName === name,
  );

/** The document or element as text, values escaped. */
export const serialize = (node: Document | Element): string => new XMLSerializer().serializeToString(node);
