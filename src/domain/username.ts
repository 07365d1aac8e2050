import anyAscii from 'any-ascii';
import type { AttributeValues } from './attributes';

/** What a username format may contain, in braces. */
export const USERNAME_PLACEHOLDERS = ['given', 'family', 'g', 'f', 'display', 'email', 'local', 'externalId'] as const;
export type UsernamePlaceholder = (typeof USERNAME_PLACEHOLDERS)[number];

const MAX_LENGTH = 64;
const PLACEHOLDER = /\{([^{}]*)\}/g;
const CHOSEN_USERNAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}._@+-]{0,126}[\p{L}\p{N}])?$/u;

/** True when every placeholder is known, at least one is there, and the text around holds letters, digits, `.`, `_`, `-`, `@`. */
export function isUsernameFormat(format: string): boolean {
  const names = [...format.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
  const known = names.every((name) => (USERNAME_PLACEHOLDERS as readonly string[]).includes(name));
  return (
    names.length > 0 && known && /^[A-Za-z0-9._@-]*$/.test(format.replace(PLACEHOLDER, '')) && format.length <= 100
  );
}

/**
 * The username a person would have if nobody had it yet: lower-case ASCII, at most 64 characters, never empty.
 * Empty placeholders drop out together with a separator they leave doubled; a person without any name is known by the
 * local part of the e-mail address.
 */
export function usernameBase(format: string, attributes: AttributeValues): string {
  const filled = format.replace(PLACEHOLDER, (_, name: string) =>
    slug(placeholder(name as UsernamePlaceholder, attributes), name),
  );
  return tidy(filled) || tidy(slug(localPart(attributes), 'local')) || 'user';
}

/** The base itself, or with the lowest number from 2 on that is not taken. `taken` holds username keys. */
export function numberedUsername(base: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : String(number);
    const candidate = base.slice(0, MAX_LENGTH - suffix.length) + suffix;
    if (!taken.has(usernameKey(candidate))) return candidate;
  }
}

/** Usernames that differ only in case or in the form of a character are the same. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase();

/** True for a username somebody may choose: letters and digits of any script, `.`, `_`, `-`, `+`, `@` inside, at most 128. */
export const isUsername = (username: string): boolean => CHOSEN_USERNAME.test(username);

function placeholder(name: UsernamePlaceholder, attributes: AttributeValues): string {
  const given = attributes.givenName ?? '';
  const family = attributes.familyName ?? '';
  switch (name) {
    case 'given':
      return given || (family ? '' : (attributes.displayName ?? ''));
    case 'family':
      return family;
    case 'g':
      return initial(given);
    case 'f':
      return initial(family);
    case 'display':
      return attributes.displayName ?? `${given} ${family}`;
    case 'email':
      return attributes.email ?? '';
    case 'local':
      return localPart(attributes);
    case 'externalId':
      return attributes.externalId ?? '';
  }
}

/** The first letter as it is written in ASCII: 李 begins with `l`, عمر (`'mr`) with `m`. */
const initial = (name: string): string => /[A-Za-z0-9]/.exec(anyAscii(name))?.[0] ?? '';

const localPart = (attributes: AttributeValues): string => (attributes.email ?? '').split('@')[0] ?? '';

function slug(text: string, name: string): string {
  const allowed = name === 'email' || name === 'local' ? /[^a-z0-9._@+-]+/g : /[^a-z0-9.-]+/g;
  const words = anyAscii(text.trim())
    .toLowerCase()
    .replace(/\s+/g, name === 'display' || name === 'given' ? '.' : '-');
  return words.replace(allowed, '');
}

const tidy = (text: string): string =>
  text
    .toLowerCase()
    .replace(/([._-])[._-]+/g, '$1')
    .replace(/^[._@+-]+|[._@+-]+$/g, '')
    .slice(0, MAX_LENGTH)
    .replace(/[._@+-]+$/, '');
