/** What the scan allows. Messages are held tighter than metadata files, which people comment. */
export interface ScanLimits {
  maxDepth: number;
  /**
   * Attributes, and elements counted five times: what XPath and canonicalization walk, several times for each pinned
   * certificate, about in proportion to their cost.
   */
  maxWeight: number;
  /** Characters that a parser or canonicalization rewrites one by one: references, line breaks, tabs. */
  maxRewritten: number;
  /** Of an element and those around it together: namespaces in scope are carried down to every element. */
  maxAttributes: number;
  /** Comments, CDATA, processing instructions: canonicalization drops or rewrites them, so no message needs one. */
  annotations: boolean;
}

export type XmlFault =
  | 'not XML'
  | 'document type'
  | 'comment, CDATA or processing instruction'
  | 'forbidden character'
  | 'undeclared entity'
  | 'encoding other than UTF-8'
  | 'malformed tag'
  | 'too deep'
  | 'too many elements and attributes'
  | 'too many attributes'
  | 'too many references and line breaks'
  | 'name or attribute too long'
  | 'unbalanced tags'
  | 'text outside the root';

/** Characters. Longer than the names of any standard. */
const LONGEST_NAME = 100;
/**
 * Characters of an attribute with its name; an entity id has 1024 at most. Canonicalization repeats a namespace at each
 * element that uses it and walks a prefix list at each element: a long one would turn kilobytes into hundreds of
 * megabytes.
 */
const LONGEST_ATTRIBUTE = 1200;
const ELEMENT_WEIGHT = 5;

const S = '[ \\t\\r\\n]';
const NAME = '[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?';
const DECLARATION = new RegExp(
  `<\\?xml${S}+version${S}*=${S}*["']1\\.0["'](?:${S}+encoding${S}*=${S}*["']([A-Za-z0-9._-]+)["'])?` +
    `(?:${S}+standalone${S}*=${S}*["'](?:yes|no)["'])?${S}*\\?>`,
  'y',
);
const OPEN = new RegExp(`<(${NAME})`, 'y');
const ATTRIBUTE = new RegExp(`${S}+${NAME}${S}*=${S}*(?:"[^"<]*"|'[^'<]*')`, 'y');
const OPEN_END = new RegExp(`${S}*(/?)>`, 'y');
const CLOSE = new RegExp(`</(${NAME})${S}*>`, 'y');
/** XML 1.0, 2.2: what is no character. */
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const ENTITY = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)/;
const REFERENCE = /&#(?:x([0-9A-Fa-f]+)|([0-9]+));/g;
const ANNOTATIONS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/**
 * Looks over XML before any parser sees it, in time linear in its length: one pass of sticky expressions, each of which
 * ends where its tag does. Ten thousand unclosed tags, which block a DOM parser for seconds, end at `maxDepth`.
 * Accepts XML 1.0 (UTF-8, no DOCTYPE) whose names are ASCII, as all names of SAML are.
 * @returns the first fault; undefined: a parser may have it
 */
export function scanXml(text: string, limits: ScanLimits): XmlFault | undefined {
  const first = text.indexOf('<');
  if (first < 0) return 'not XML';
  if (FORBIDDEN.test(text)) return 'forbidden character';
  if (countRewritten(text) > limits.maxRewritten) return 'too many references and line breaks';
  if (hasUndeclaredEntity(text)) return 'undeclared entity';
  DECLARATION.lastIndex = first;
  const declaration = DECLARATION.exec(text);
  if (declaration?.[1] && !/^(utf-8|us-ascii)$/i.test(declaration[1])) return 'encoding other than UTF-8';
  if (!isBlank(text, 0, first) || (declaration && first > 0)) return 'not XML';
  return new Scan(text, limits).run(first + (declaration?.[0].length ?? 0));
}

function countRewritten(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x26 || code === 0x0a || code === 0x0d || code === 0x09) count++;
  }
  return count;
}

function hasUndeclaredEntity(text: string): boolean {
  if (!text.includes('&')) return false;
  if (ENTITY.test(text)) return true;
  for (const [, hex, decimal] of text.matchAll(REFERENCE)) {
    const code = hex ? parseInt(hex, 16) : Number(decimal);
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    if (code > 0x10ffff || isSurrogate || FORBIDDEN.test(String.fromCodePoint(code))) return true;
  }
  return false;
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return false;
  }
  return true;
}

class Scan {
  private readonly open: { name: string; attributes: number }[] = [];
  /** Of the open elements together. */
  private attributes = 0;
  private weight = 0;
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly limits: ScanLimits,
  ) {}

  run(start: number): XmlFault | undefined {
    for (this.at = start; ;) {
      const next = this.text.indexOf('<', this.at);
      const end = next < 0 ? this.text.length : next;
      if (!this.open.length && !isBlank(this.text, this.at, end)) return 'text outside the root';
      if (next < 0) break;
      this.at = next;
      const fault = this.markup();
      if (fault) return fault;
    }
    if (this.open.length) return 'unbalanced tags';
    return this.weight ? undefined : 'not XML';
  }

  private markup(): XmlFault | undefined {
    const next = this.text.charCodeAt(this.at + 1);
    if (next === 0x21 || next === 0x3f) return this.annotation(); // "!" and "?"
    return next === 0x2f ? this.closingTag() : this.openingTag(); // "/"
  }

  private annotation(): XmlFault | undefined {
    const [begin, end] = ANNOTATIONS.find(([mark]) => this.text.startsWith(mark, this.at)) ?? [];
    if (!begin) return 'document type';
    if (!this.limits.annotations) return 'comment, CDATA or processing instruction';
    const found = this.text.indexOf(end, this.at + begin.length);
    if (found < 0) return 'unbalanced tags';
    this.at = found + end.length;
    return undefined;
  }

  private openingTag(): XmlFault | undefined {
    if (!this.open.length && this.weight) return 'unbalanced tags';
    const name = this.match(OPEN)?.[1];
    if (!name) return 'malformed tag';
    if (name.length > LONGEST_NAME) return 'name or attribute too long';
    let attributes = 0;
    for (let found; (found = this.match(ATTRIBUTE)); attributes++) {
      if (found[0].length > LONGEST_ATTRIBUTE) return 'name or attribute too long';
      if (this.attributes + attributes >= this.limits.maxAttributes) return 'too many attributes';
    }
    this.weight += ELEMENT_WEIGHT + attributes;
    if (this.weight > this.limits.maxWeight) return 'too many elements and attributes';
    const end = this.match(OPEN_END);
    if (!end) return 'malformed tag';
    if (this.open.length >= this.limits.maxDepth) return 'too deep';
    if (end[1]) return undefined;
    this.open.push({ name, attributes });
    this.attributes += attributes;
    return undefined;
  }

  private closingTag(): XmlFault | undefined {
    const name = this.match(CLOSE)?.[1];
    if (!name) return 'malformed tag';
    const opened = this.open.pop();
    this.attributes -= opened?.attributes ?? 0;
    return opened?.name === name ? undefined : 'unbalanced tags';
  }

  private match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text);
    if (found) this.at = expression.lastIndex;
    return found;
  }
}
