import { DOMParser, type Element, type Node } from '@xmldom/xmldom';

export type { Element } from '@xmldom/xmldom';

const parser = new DOMParser({
  locator: false,
  onError: (_level, message) => {
    throw new Error(message);
  },
});

/**
 * Parses text that `scanXml` let through; whatever the parser has to say about it counts as an error.
 * @returns the root element, undefined when the text is not well-formed (an unbound prefix, a repeated attribute)
 */
export function parseXml(text: string): Element | undefined {
  try {
    return parser.parseFromString(text, 'text/xml').documentElement ?? undefined;
  } catch {
    return undefined;
  }
}

export const isElement = (node: Node): node is Element => node.nodeType === 1;

/** All child elements. */
export function childElements(parent: Element): Element[] {
  const found: Element[] = [];
  for (let node = parent.firstChild; node; node = node.nextSibling) if (isElement(node)) found.push(node);
  return found;
}

/** The child elements of this name and namespace. */
export const children = (parent: Element | undefined, namespace: string, name: string): Element[] =>
  parent ? childElements(parent).filter((child) => child.localName === name && child.namespaceURI === namespace) : [];

/** Runs through an element and all below it, in document order, without recursion. */
export function* descendants(root: Element): Generator<Element> {
  const waiting: Element[] = [root];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    waiting.push(...childElements(next).reverse());
  }
}

/** The attribute's value; undefined when it is not there. */
export const attribute = (element: Element | undefined, name: string): string | undefined =>
  element?.hasAttribute(name) ? (element.getAttribute(name) ?? undefined) : undefined;

/** All text below an element, without white space around it. */
export const text = (element: Element | undefined): string => (element?.textContent ?? '').trim();

const DATE_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?)(Z|[+-]\d{2}:\d{2})?$/;

/** Reads an xs:dateTime; without a time zone it is UTC (SAML Core 1.3.3). Undefined: none, or none that exists. */
export function instant(value: string | undefined): Date | undefined {
  const [, local, zone] = DATE_TIME.exec(value ?? '') ?? [];
  if (!local) return undefined;
  const date = new Date(local + (zone ?? 'Z'));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
