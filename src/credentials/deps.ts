import type { Mailroom } from '../mail/mailroom';

/** What handing out links works with; wired in the composition roots. */
export interface LinkDeps {
  mailroom: Mailroom;
  /** Public origin without a trailing slash. */
  baseUrl: string;
}
