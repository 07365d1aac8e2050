import type { Spoken } from './languages';

/** What every page is told, whatever it shows. */
export interface PageContext extends Spoken {
  now: Date;
  organization?: PageOrganization;
  /** Local URL of this page for the language links. Without one, as after a POST, there are none. */
  here?: string;
  /** Shown small on refusals. */
  requestId?: string;
  /** Overrides the browser's preference. */
  theme?: 'light' | 'dark';
}

export interface PageOrganization {
  name: string;
  /** `#rrggbb` of the mark and the primary button. */
  color?: string;
  /** Local URL of the logo; absent: the initial stands in its place. */
  logoUrl?: string;
  /** The organization's sign-in page, which shows itself rather than going on to the provider (`?choose=1`). */
  signInUrl: string;
}

/** A problem with one field; `code` picks the words. */
export interface FieldError {
  field: string;
  code: string;
}
