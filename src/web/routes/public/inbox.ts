import type { WebDeps } from '../../deps';

/** Where the mail that was just sent can be looked at, in the demo. */
export const inboxUrl = ({ inbox }: WebDeps, email: string): { inboxUrl?: string } =>
  inbox ? { inboxUrl: `${inbox}?to=${encodeURIComponent(email)}` } : {};
