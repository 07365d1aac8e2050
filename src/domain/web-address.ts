/**
 * The address that `text` is, as the URL standard reads it; undefined when it is none. Not by `URL.canParse`: Node 20 and 22
 * answer it by a shortcut once it was asked some thousand times, and that takes no host outside ASCII.
 */
export function parseAddress(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
