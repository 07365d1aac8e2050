import { z } from 'zod';
import { AppError } from '../domain/errors';
import type { IdentityKey } from '../domain/proof';
import { openDoor } from '../provisioning/door';
import { findAccount } from '../storage/account-views';
import { linkIdentity, retireIdentities } from '../storage/identities';
import {
  decideLinkRequest,
  findLinkRequest,
  listLinkRequests as readLinkRequests,
  type LinkRequest,
} from '../storage/link-requests';
import { lockKeys, matchPerson } from '../storage/people';
import { endAllSessions } from '../storage/sessions';
import { adminSource } from '../storage/sources';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, type Island } from './island';
import { pageOf, type Page, type PageQuery } from './page';
import { holdPerson } from './person';

export const linkRequestFilter = z.strictObject({ state: z.enum(['open', 'approved', 'rejected']).optional() });
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
    const { tx, organization: own, now, note } = island;
    const decided = await decide(island, caller, id, 'approved');
    const { accountId, connectionId, issuer, subject } = decided;
    const account = await findAccount(tx, own.id, accountId);
    if (!account || account.status === 'deleted') throw new AppError('conflict', { detail: 'The account is gone.' });
    await holdPerson(island, await openDoor(tx, own.id, await adminSource(tx, own.id)), account);
    await refuseForeign(island, { connectionId, issuer, subject }, accountId);
    await retireIdentities(tx, own.id, accountId, connectionId, now);
    await linkIdentity(tx, own.id, accountId, { connectionId, issuer, subject });
    await endAllSessions(tx, own.id, accountId, now);
    const concerned = { contactId: account.contactId, accountId, connectionId };
    await note({ ...concerned, action: 'link_request.approved', resource: `link_request:${id}` });
    await note({ ...concerned, action: 'identity.linked' });
    return decided;
  });

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
async function refuseForeign({ tx, organization }: Island, identity: IdentityKey, accountId: string): Promise<void> {
  const { connectionId, issuer, subject } = identity;
  await lockKeys(tx, organization.id, [`identity|${connectionId}|${issuer}|${subject}`]);
  const origin = { sourceId: await adminSource(tx, organization.id) };
  const { by, person } = await matchPerson(tx, {
    organizationId: organization.id,
    identity,
    origin,
    matchContactByEmail: false,
  });
  const holder = by === 'identity' ? person?.account : undefined;
  if (holder && holder.id !== accountId && holder.status !== 'deleted')
    throw new AppError('conflict', { detail: 'The identity signs in to another account.' });
}

async function requestIn({ tx, organization }: Island, id: string): Promise<LinkRequest> {
  const found = await findLinkRequest(tx, organization.id, id);
  if (!found) throw new AppError('not_found');
  return found;
}
