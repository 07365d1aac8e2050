import { normalizeEmail } from './email-address';
import { parseAddress } from './web-address';

const LONGEST = 500;

/**
 * Where people find help: an https address, or an e-mail address as a `mailto:` (RFC 6068) that names nothing else.
 * Undefined for any other text, so that no link of a page runs a script or carries a password.
 */
export function normalizeHelpLink(text: string): string | undefined {
  const typed = text.trim();
  const email = normalizeEmail(typed.replace(/^mailto:/i, ''));
  if (email) return `mailto:${email}`;
  const url = parseAddress(typed);
  const isPlain = url?.protocol === 'https:' && !url.username && !url.password && url.href.length <= LONGEST;
  return isPlain ? url.href : undefined;
}

/** What a help link is called: the e-mail address, or the host. */
export const helpLinkName = (link: string): string =>
  link.startsWith('mailto:') ? link.slice('mailto:'.length) : (parseAddress(link)?.host ?? link);
