import { z } from 'zod';
import { AppError, invalidForm } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import { OWNERS_SLUG } from '../domain/organization';
import { ORGANIZATION_ROLES, OWNER_ROLES } from '../domain/portal-role';
import { breakGlassSince } from '../storage/break-glass';
import { listPortalAdmins, rolesOf, setRoles, type PortalAdmin } from '../storage/portal-roles';
import { badBreakGlass, designate, withdraw } from './break-glass';
import type { Caller, ManagementDeps } from './deps';
import { email } from './fields';
import { changing, reading } from './island';
import { tellOfLastAdmin } from './last-admin';
import { lockOwners, requireAnotherOwner } from './last-owner';
import { pageThrough, type Page, type PageQuery } from './page';
import { accountToChange } from './person';
import { scopesOf } from './portal-roles';
import { includesScope } from './scopes';

export type { PortalAdmin };

const roleName = z.enum([...ORGANIZATION_ROLES, ...OWNER_ROLES]);
export const rolesForm = z.strictObject({
  roles: z.array(roleName).max(10).meta({ description: 'All the roles from now on; none: no admin any more.' }),
  breakGlass: z.boolean().optional().meta({
    description:
      'Whether this Organization admin may sign in by password and second factor past the identity provider. Absent: as before.',
  }),
});
export type RolesForm = z.output<typeof rolesForm>;

/** As a file names an admin. */
export const namedAdminForm = rolesForm.pick({ roles: true }).extend({ email });

/** Everybody who has a role in this organization's portal. */
export const listAdmins = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  page: PageQuery,
): Promise<Page<PortalAdmin>> =>
  reading(deps, caller, organization, 'admins:read', async (island) =>
    pageThrough(await listPortalAdmins(island.tx, island.organization.id), page),
  );

/**
 * Gives an account these roles, and takes it all others. The last Organization admin may go too: an owner can always make
 * another, and is told by e-mail, as are the technical contacts. The last owner stays one.
 * @throws AppError as `designate`; not_found; insufficient_scope for a role that may do more than the caller; invalid_form for a role of the other portal; in_use for the last owner
 */
export const changeRoles = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
  { roles, breakGlass }: RolesForm,
): Promise<PortalAdmin> =>
  changing(deps, caller, organization, 'admins:write', async (island) => {
    const { tx, now, organization: own, note } = island;
    const account = await accountToChange(island, caller, id);
    const possible: readonly string[] = own.slug === OWNERS_SLUG ? OWNER_ROLES : ORGANIZATION_ROLES;
    if (roles.some((role) => !possible.includes(role)))
      throw invalidForm({
        field: 'roles',
        code: 'invalid_value',
        message: `The roles here are ${possible.join(', ')}.`,
      });
    if (scopesOf(roles).some((scope) => !includesScope(caller.scopes, scope)))
      throw new AppError('insufficient_scope', { detail: 'Nobody gives a role that may do more than they.' });
    if (own.slug === OWNERS_SLUG && !roles.includes('owner')) {
      await lockOwners(island);
      await requireAnotherOwner(island, id);
    }
    const before = await rolesOf(tx, own.id, id);
    const isOrganizationAdmin = roles.includes('organization_admin');
    if (breakGlass && !isOrganizationAdmin) throw badBreakGlass('Only an Organization admin may come in like this.');
    if (breakGlass === false || !isOrganizationAdmin) await withdraw(island, account);
    await setRoles(tx, own.id, id, roles, now);
    if (breakGlass) await designate(deps, caller, island, account);
    await tellOfLastAdmin(deps, island, { id, before, after: roles });
    const details = { before, after: [...roles].sort() };
    await note({
      action: 'admin.roles_changed',
      accountId: id,
      contactId: account.contactId,
      fields: ['roles'],
      details,
    });
    const { displayName, email, status, lastSignInAt } = account;
    const isBreakGlass = (await breakGlassSince(tx, own.id, id)) !== undefined;
    return { id, displayName, email, status, roles: [...roles].sort(), breakGlass: isBreakGlass, lastSignInAt };
  });
