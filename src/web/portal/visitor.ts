import type { Request } from 'express';
import { AppError } from '../../domain/errors';
import { OWNERS_SLUG } from '../../domain/organization';
import type { Caller } from '../../management/deps';
import { scopesOf } from '../../management/portal-roles';
import { findRoleHolder } from '../../storage/portal-roles';
import type { WebDeps } from '../deps';
import { organizationOf } from '../organization';
import type { SignedIn } from '../request';

/** A signed-in person with a role in the portal of the organization that they are signed in to. */
export interface Visitor {
  caller: Caller;
  user: SignedIn;
  name: string;
  email: string;
  slug: string;
}

/**
 * Who is signed in and asks; read anew on every request, so that a role that was taken counts no more at the next one.
 * Yields undefined when nobody is signed in.
 * @throws AppError role_required
 */
export async function visitorOf(web: WebDeps, req: Request): Promise<Visitor | undefined> {
  if (!req.user) return undefined;
  const { organizationId, accountId } = req.user;
  const { slug } = organizationOf(req).organization;
  const holder = await findRoleHolder(web.signIn.db.manager, organizationId, accountId);
  if (!holder?.roles.length) throw new AppError('role_required');
  return {
    user: req.user,
    caller: {
      actor: { kind: 'account', id: accountId },
      // An owner's roles reach every organization, an admin's their own.
      organizationId: slug === OWNERS_SLUG ? null : organizationId,
      scopes: scopesOf(holder.roles),
      requestId: String(req.id),
    },
    name: holder.displayName ?? holder.email,
    email: holder.email,
    slug,
  };
}
