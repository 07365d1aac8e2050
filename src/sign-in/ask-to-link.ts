import { rejectionsSince } from '../domain/linking';
import { openLinkRequest, wasRejected, type RefusedLink } from '../storage/link-requests';
import type { Transaction } from '../storage/rows';

/**
 * Security 17: an identity that needs proof becomes a request for an admin. One that an admin rejected lately asks nobody
 * anew.
 */
export async function askToLink(
  tx: Transaction,
  refused: RefusedLink,
): Promise<'link_requires_proof' | 'link_rejected'> {
  if (await wasRejected(tx, refused, rejectionsSince(refused.now))) return 'link_rejected';
  await openLinkRequest(tx, refused);
  return 'link_requires_proof';
}
