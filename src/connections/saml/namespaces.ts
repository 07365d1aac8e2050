import { NS } from './names';
import type { Element } from './xml';

const XML = 'http://www.w3.org/XML/1998/namespace';

/**
 * The first declaration of an element that Namespaces in XML 1.0 (section 3) forbids and this parser lets pass: a
 * reserved prefix or namespace bound otherwise, or a prefix bound to nothing.
 */
export function forbiddenBinding(element: Element): string | undefined {
  for (const { nodeName, prefix, value } of element.attributes)
    if ((nodeName === 'xmlns' || prefix === 'xmlns') && isForbidden(nodeName, value)) return nodeName;
  return undefined;
}

const isForbidden = (nodeName: string, namespace: string): boolean =>
  nodeName === 'xmlns:xmlns' ||
  namespace === NS.xmlns ||
  (nodeName === 'xmlns:xml') !== (namespace === XML) ||
  (nodeName !== 'xmlns' && namespace === '');
