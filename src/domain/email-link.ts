import type { AccountId, EmailLinkId, OrganizationId } from './ids';

/** An e-mail link lives this long (product, Words). */
export const LINK_HOURS = 48;

export const LINK_PURPOSES = [
  'confirm_signup',
  'set_password',
  'reset_password',
  'confirm_email',
  'first_owner',
] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** A link as it stands; the token is nowhere but in the mail (security 19). */
export interface EmailLink {
  organizationId: OrganizationId;
  id: EmailLinkId;
  purpose: LinkPurpose;
  /** Null: the account is still to be made, by whoever holds the link. */
  accountId: AccountId | null;
  /** The address it was sent to; null when it was printed. */
  email: string | null;
  createdAt: Date;
  expiresAt: Date;
  openedAt: Date | null;
  usedAt: Date | null;
  replacedAt: Date | null;
  revokedAt: Date | null;
}

export type LinkStanding = 'open' | 'used' | 'replaced' | 'revoked' | 'expired';

/** What a link still counts for: 47:59:59 after it was made it is open, at 48:00:00 it is not. */
export function linkStanding(link: EmailLink, now: Date): LinkStanding {
  if (link.usedAt) return 'used';
  if (link.revokedAt) return 'revoked';
  if (link.replacedAt) return 'replaced';
  return now >= link.expiresAt ? 'expired' : 'open';
}

export const linkExpiry = (now: Date): Date => new Date(now.getTime() + LINK_HOURS * 3_600_000);
