import { parse } from 'tldts';
import { parseAddress } from './web-address';

const LOCAL_PART = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}]/u;
/** RFC 5321, 4.5.3.1.3, without the angle brackets. */
const MAX_ADDRESS = 254;
const MAX_DOMAIN = 253;
const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

/**
 * The one normal form of an e-mail address (security 18): lower case, NFC, domain as A-labels (RFC 5890).
 * Undefined for anything that is not exactly one address: lists, display names, quoted parts, control or invisible
 * characters, and local parts or domains that mix look-alike scripts.
 */
export function normalizeEmail(text: string): string | undefined {
  const address = text.trim().normalize('NFC');
  const at = address.lastIndexOf('@');
  if (at < 1 || address.length > MAX_ADDRESS) return undefined;
  const local = address.slice(0, at).toLowerCase();
  const domain = normalizeDomain(address.slice(at + 1));
  const acceptable =
    local.length <= 64 && LOCAL_PART.test(local) && local === local.normalize('NFKC') && !mixesScripts(local);
  const normal = `${local}@${domain}`;
  return domain && acceptable && normal.length <= MAX_ADDRESS ? normal : undefined;
}

/** The normal form of a domain name: lower-case A-labels with at least two labels; undefined when it is none. */
export function normalizeDomain(text: string): string | undefined {
  const name = text.trim().normalize('NFC').toLowerCase();
  // What cannot be seen, the URL parser would silently drop (UTS 46, 4).
  if (INVISIBLE.test(name)) return undefined;
  if (!name || name.length > MAX_DOMAIN || mixesScripts(name) || name !== name.normalize('NFKC')) return undefined;
  if (/[\s/\\?#@:%[\]]/.test(name)) return undefined;
  const ascii = parseAddress(`http://${name}`)?.hostname ?? '';
  const labels = ascii.split('.');
  const isName =
    ascii.length <= MAX_DOMAIN &&
    labels.length > 1 &&
    labels.every((label) => DOMAIN_LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '');
  return isName ? ascii : undefined;
}

/** True when a domain can belong to one organization: not a public suffix such as `co.uk` or `github.io`. */
export function isRegistrableDomain(domain: string): boolean {
  const { publicSuffix, hostname } = parse(domain, { allowPrivateDomains: true });
  return hostname !== null && publicSuffix !== hostname;
}

/** The domain of an address in normal form. */
export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1);

/** Latin, Cyrillic and Greek letters look alike; one label or local part that mixes them means to deceive. */
const mixesScripts = (text: string): boolean =>
  text.split('.').some((label) => SCRIPTS.filter((script) => script.test(label)).length > 1);
