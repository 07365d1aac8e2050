import { z } from 'zod';
import { AppError } from '../domain/errors';
import { holdForLink, linkAsDecided, type DecidedLink } from '../provisioning/link';
import { findAccount } from '../storage/account-views';
import { holderOfIdentity } from '../storage/identities';
import {
  decideLinkRequest,
  findLinkRequest,
  LINK_REQUEST_STATES,
  listLinkRequests as readLinkRequests,
  type LinkRequest,
} from '../storage/link-requests';
import type { Transaction } from '../storage/rows';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, type Island } from './island';
import { requireNotAbove } from './portal-roles';
import { pageOf, type Page, type PageQuery } from './page';

export { LINK_REQUEST_STATES, type LinkRequest };

export const linkRequestFilter = z.strictObject({ state: z.enum(LINK_REQUEST_STATES).optional() });
export type LinkRequestFilter = z.output<typeof linkRequestFilter>;

/** Newest first. */
export const listLinkRequests = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { limit, cursor, state }: PageQuery & LinkRequestFilter,
): Promise<Page<LinkRequest>> =>
  reading(deps, caller, organization, 'link-requests:read', async ({ tx, organization: { id } }) =>
    pageOf(await readLinkRequests(tx, { organizationId: id, limit: limit + 1, before: cursor, state }), limit),
  );

export const readLinkRequest = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<LinkRequest> => reading(deps, caller, organization, 'link-requests:read', (island) => requestIn(island, id));

/**
 * Links the identity to the account. An account has one identity at a connection: the one it had there is retired, and
 * whoever came in by it is signed out.
 * @throws AppError conflict when the request was decided, the account is gone, or the identity is another account's
 */
export const approveLinkRequest = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<LinkRequest> =>
  changing(deps, caller, organization, 'link-requests:write', async (island) => {
    const { tx, now, note } = island;
    const link = await linkIn(island, await requestIn(island, id));
    await holdForLink(tx, link);
    const decided = await decide(island, caller, id, 'approved');
    await requireNotAbove(island, caller, decided.accountId);
    await refuseForeign(tx, link);
    const held = await linkIn(island, decided);
    const { actor, requestId } = caller;
    const { accountId, connectionId, attemptId } = decided;
    const concerned = { contactId: held.account.contactId, accountId, connectionId };
    await note({ ...concerned, action: 'link_request.approved', resource: `link_request:${id}` });
    await linkAsDecided(tx, held, 'approval', { actor, requestId, now, ...(attemptId && { attemptId }) });
    return decided;
  });

/** What a request asks for. @throws AppError conflict when the account is gone */
async function linkIn({ tx, organization }: Island, request: LinkRequest): Promise<DecidedLink> {
  const { accountId, connectionId, issuer, subject } = request;
  const account = await findAccount(tx, organization.id, accountId);
  if (!account || account.status === 'deleted') throw new AppError('conflict', { detail: 'The account is gone.' });
  return { organizationId: organization.id, account, identity: { connectionId, issuer, subject } };
}

export const rejectLinkRequest = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<LinkRequest> =>
  changing(deps, caller, organization, 'link-requests:write', async (island) => {
    const decided = await decide(island, caller, id, 'rejected');
    const { accountId, connectionId } = decided;
    await island.note({ action: 'link_request.rejected', accountId, connectionId, resource: `link_request:${id}` });
    return decided;
  });

async function decide(
  island: Island,
  caller: Caller,
  id: string,
  state: 'approved' | 'rejected',
): Promise<LinkRequest> {
  const { tx, organization, now } = island;
  const decided = await decideLinkRequest(tx, organization.id, id, state, caller.actor, now);
  if (decided) return decided;
  const present = await requestIn(island, id);
  throw new AppError('conflict', { detail: `The request is ${present.state} already.` });
}

/** An identity that signs in to another account is never moved away from it. */
async function refuseForeign(tx: Transaction, { organizationId, account, identity }: DecidedLink): Promise<void> {
  const holder = await holderOfIdentity(tx, organizationId, identity);
  if (holder && holder !== account.id)
    throw new AppError('conflict', { detail: 'The identity signs in to another account.' });
}

async function requestIn({ tx, organization }: Island, id: string): Promise<LinkRequest> {
  const found = await findLinkRequest(tx, organization.id, id);
  if (!found) throw new AppError('not_found');
  return found;
}
