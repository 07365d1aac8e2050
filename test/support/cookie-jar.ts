interface Cookie {
  name: string;
  value: string;
  host: string;
  path: string;
  sameSite: string;
}

/**
 * Cookies by host name and path (RFC 6265, as far as tests need it). Secure and `__Host-` cookies are sent over plain
 * http too, so that a test server needs no certificate; ports do not separate them, as in a browser.
 */
export class CookieJar {
  private readonly cookies = new Map<string, Cookie>();

  /** Takes in what one answer set; an expired cookie deletes. */
  store(url: URL, setCookies: readonly string[]): void {
    for (const line of setCookies) this.storeOne(url, line);
  }

  /** Value of the Cookie header, empty when none applies. */
  header(url: URL, { method = 'GET', crossSite = false } = {}): string {
    const allowed = (cookie: Cookie): boolean =>
      !crossSite || cookie.sameSite === 'none' || (cookie.sameSite === 'lax' && method === 'GET');
    return this.all()
      .filter((cookie) => cookie.host === url.hostname && covers(cookie.path, url.pathname) && allowed(cookie))
      .sort((a, b) => b.path.length - a.path.length)
      .map((cookie) => `${cookie.name}=${cookie.value}`)
      .join('; ');
  }

  /** Value of the first cookie of that name, on any host. */
  get(name: string): string | undefined {
    return this.all().find((cookie) => cookie.name === name)?.value;
  }

  names(): string[] {
    return this.all().map((cookie) => cookie.name);
  }

  /** Puts a cookie there by hand, for one host and path. */
  set(name: string, value: string, { host = '127.0.0.1', path = '/', sameSite = 'lax' } = {}): void {
    this.cookies.set([host, path, name].join(' '), { name, value, host, path, sameSite });
  }

  /** Forgets the cookies of that name, or all. */
  clear(name?: string): void {
    for (const [key, cookie] of this.cookies) if (name === undefined || cookie.name === name) this.cookies.delete(key);
  }

  private all(): Cookie[] {
    return [...this.cookies.values()];
  }

  private storeOne(url: URL, line: string): void {
    const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
    const [name, value] = splitAt(pair);
    const attributes = new Map(rest.map(splitAt).map(([key, text]) => [key.toLowerCase(), text]));
    const path = attributes.get('path') || directoryOf(url.pathname);
    const key = [url.hostname, path, name].join(' ');
    const sameSite = (attributes.get('samesite') ?? 'lax').toLowerCase();
    if (isExpired(attributes)) this.cookies.delete(key);
    else this.cookies.set(key, { name, value, host: url.hostname, path, sameSite });
  }
}

function splitAt(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function isExpired(attributes: ReadonlyMap<string, string>): boolean {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = attributes.get('expires');
  return expires !== undefined && Date.parse(expires) <= Date.now();
}

const directoryOf = (pathname: string): string => pathname.slice(0, pathname.lastIndexOf('/')) || '/';

/** RFC 6265, 5.1.4. */
const covers = (path: string, pathname: string): boolean =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
