export interface Dialect {
  delimiter: string;
  /** Characters at the beginning that say which delimiter follows and are no line of the sheet: Excel's `sep=;`. */
  preamble: number;
}

const DELIMITERS = [',', ';', '\t'] as const;

/** How the cells of a file are told apart, by its beginning: what its first line says or, else, most often holds. */
export function dialectOf(start: string): Dialect {
  const said = /^sep=([^\r\n])(\r\n|\r|\n)/i.exec(start);
  if (said?.[1]) return { delimiter: said[1], preamble: said[0].length };
  const [header = ''] = withoutQuoted(start)
    .replace(/^[\r\n]+/, '')
    .split(/[\r\n]/, 1);
  const [delimiter = ','] = [...DELIMITERS].sort((a, b) => count(header, b) - count(header, a));
  return { delimiter, preamble: 0 };
}

const withoutQuoted = (text: string): string => text.replace(/"(?:[^"]|"")*"/g, '');

const count = (text: string, delimiter: string): number => text.split(delimiter).length - 1;
