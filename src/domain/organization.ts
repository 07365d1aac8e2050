import anyAscii from 'any-ascii';
import type { OrganizationId } from './ids';

/** The owners live in an organization of their own, at this reserved slug (contract, URLs). */
export const OWNERS_SLUG = 'admin';

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** First path segments that belong to the service (contract, URLs). */
const RESERVED = new Set(
  (
    'admin api healthz readyz metrics oidc setup ' +
    'account app apps assets auth bridge dev docs favicon.ico forward-auth help interaction login logout owner robots.txt ' +
    'saml scim security session signin signout signup static status support system webhooks www .well-known'
  ).split(' '),
);

export interface Organization {
  id: OrganizationId;
  /** The custom URL in force. */
  slug: string;
  name: string;
  externalId: string | null;
  metadata: Readonly<Record<string, string>>;
  /** E-mail addresses people are told to ask when they cannot get in. */
  technicalContacts: readonly string[];
  branding: Branding;
  createdAt: Date;
  updatedAt: Date;
}

export interface Branding {
  /** `#rrggbb` of the mark and the primary button. */
  color?: string;
  /** Shown below the title of the sign-in page; may have several lines. */
  greeting?: string;
  /** Where people find help: an https address or a `mailto:`. */
  help?: string;
  /** Version of the logo; absent without one. */
  logo?: string;
}

/** Why a custom URL cannot be had, or undefined when its form is right. Whether it is taken, storage knows. */
export function slugProblem(slug: string): 'malformed' | 'reserved' | undefined {
  if (!SLUG.test(slug)) return 'malformed';
  return RESERVED.has(slug) ? 'reserved' : undefined;
}

/** The custom URL that a name suggests: 'Ørsted & Søn' → 'orsted-son'. Empty for a name without letters and digits. */
export const suggestSlug = (name: string): string =>
  anyAscii(name)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
