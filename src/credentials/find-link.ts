import { linkStanding, type EmailLink, type LinkStanding } from '../domain/email-link';
import type { OrganizationId } from '../domain/ids';
import { findEmailLink } from '../storage/email-links';
import type { Transaction } from '../storage/rows';
import { hashLinkToken, isLinkToken } from './link-token';

/** A link that does not count. `elsewhere`: one of another organization, of which nothing more is told. */
export type OverLink =
  | { standing: Exclude<LinkStanding, 'open'>; link: EmailLink }
  | { standing: 'unknown' | 'elsewhere'; link?: undefined };

/** What a token names. */
export type FoundLink = { standing: 'open'; link: EmailLink } | OverLink;

export async function findLink(
  tx: Transaction,
  organizationId: OrganizationId,
  token: string,
  now: Date,
): Promise<FoundLink> {
  const link = isLinkToken(token) ? await findEmailLink(tx, hashLinkToken(token)) : undefined;
  if (!link) return { standing: 'unknown' };
  if (link.organizationId !== organizationId) return { standing: 'elsewhere' };
  const standing = linkStanding(link, now);
  return standing === 'open' ? { standing, link } : { standing, link };
}
