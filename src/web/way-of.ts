import { isOpenState, isSsoState } from '../connections/connection';
import { linksOf } from '../domain/links';
import type { Pending } from '../bridge/pending';
import type { Visitor } from '../bridge/visitor';
import { isUuid } from '../management/uuid';
import type { OrganizationId } from '../domain/ids';
import { findConnection, listConnections } from '../storage/connections';
import type { WebDeps } from './deps';
import { addWishes, wishesOf } from './wishes';

/** Where the browser goes with an application's pending request: on, to a page of ours, or straight to where it signs in. */
export async function wayOf(deps: WebDeps, pending: Pending, visitor: Visitor | undefined): Promise<string> {
  const standing = pending.standing(visitor);
  if (standing === 'ready') return pending.resumePath;
  if (visitor && standing === 'sign_in') return signInOf(deps, pending, visitor);
  return `/interaction/${pending.uid}`;
}

async function signInOf(deps: WebDeps, pending: Pending, visitor: Visitor): Promise<string> {
  const links = linksOf(deps.baseUrl, { slug: visitor.organization });
  const query = new URLSearchParams({ return_to: pending.resumePath });
  addWishes(query, wishesOf({ login_hint: pending.loginHint, acr_values: pending.acrValues }));
  const all = await listConnections(deps.signIn.db.manager, visitor.organizationId);
  const asked = all.filter(({ id, state }) => id === pending.connection && isOpenState(state));
  const straight = asked.length ? asked : all.filter(({ state }) => isSsoState(state));
  if (straight.length === 1) return `${links.sso(straight[0]?.id ?? '')}?${query}`;
  // The page shows itself: whoever is signed in is asked anew.
  return `${links.choose}&${query}`;
}

/** People sign in to the organization by this connection. */
export async function isOpenConnection(
  { signIn: { db } }: WebDeps,
  organizationId: OrganizationId,
  connection: string,
): Promise<boolean> {
  const found = isUuid(connection) && (await findConnection(db.manager, organizationId, connection));
  return Boolean(found && isOpenState(found.state));
}
