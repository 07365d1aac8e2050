import { DOMImplementation } from '@xmldom/xmldom';
import type { Element } from './xml';

/** Starts a document; yields its root. */
export function newDocument(namespace: string, name: string): Element {
  const root = new DOMImplementation().createDocument(namespace, name).documentElement;
  if (!root) throw new Error('A new document has its root.');
  return root;
}

/** Appends an element; yields it. Attributes that are undefined are left out. */
export function append(
  parent: Element,
  namespace: string,
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  text?: string,
): Element {
  const document = parent.ownerDocument;
  if (!document) throw new Error('An element has its document.');
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  if (text !== undefined) element.appendChild(document.createTextNode(text));
  parent.appendChild(element);
  return element;
}
