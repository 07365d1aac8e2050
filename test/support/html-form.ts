export interface HtmlForm {
  method: string;
  /** As written; relative to the page. */
  action: string;
  /** Named inputs with the values they have; unchecked boxes and unnamed buttons are left out. */
  fields: Record<string, string>;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text of an HTML attribute with its references resolved. */
const unescape = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name ?? ''] ?? whole;
  });

function attributesOf(tag: string): Map<string, string> {
  const pairs = tag.matchAll(/([a-z][\w:-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi);
  return new Map([...pairs].map(([, name = '', a, b, c]) => [name.toLowerCase(), unescape(a ?? b ?? c ?? '')]));
}

/**
 * Reads a form of a page that a test wants to submit. For pages of known servers, not for hostile ones.
 * @throws Error when the page has no such form
 */
export function readForm(html: string, index = 0): HtmlForm {
  const found = [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)][index];
  if (!found) throw new Error(`The page has no form ${index}:\n${html.slice(0, 2_000)}`);
  const [, opening = '', body = ''] = found;
  const form = attributesOf(opening);
  const fields: Record<string, string> = {};
  for (const [, tag = ''] of body.matchAll(/<input\b([^>]*)>/gi)) {
    const input = attributesOf(tag);
    const name = input.get('name');
    const isBox = ['checkbox', 'radio'].includes(input.get('type') ?? '');
    if (name && (!isBox || input.has('checked'))) fields[name] = input.get('value') ?? (isBox ? 'on' : '');
  }
  return { method: (form.get('method') ?? 'get').toUpperCase(), action: form.get('action') ?? '', fields };
}
