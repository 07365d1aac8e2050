import { parseAddress } from '../domain/web-address';

const MAX_LENGTH = 2048;

/** Security 21: a path on this very service, or nothing. Never followed otherwise. */
export function localPath(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !/^\/(?![/\\])[^\\\p{Cc}\s]*$/u.test(value))
    return undefined;
  const base = 'http://local.invalid';
  const url = parseAddress(value, base);
  // '/.//host' is one of ours until its dots are resolved: then a browser reads '//host' as another host.
  if (url?.origin !== base || url.pathname.startsWith('//')) return undefined;
  return url.pathname + url.search + url.hash;
}
