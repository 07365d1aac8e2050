import { AppError } from '../domain/errors';
import { OWNERS_SLUG, slugProblem } from '../domain/organization';
import {
  countOrganizations,
  findOrganizationLine,
  searchOrganizations,
  type OrganizationLine,
  type OrganizationSearch,
} from '../storage/organization-list';
import { findOrganizationBySlug } from '../storage/organizations';
import type { Caller, ManagementDeps } from './deps';
import { reading } from './island';
import { requireScopeEverywhere } from './scopes';

/** The owners' customers by name, with how many fit the search altogether. @throws AppError insufficient_scope */
export async function findOrganizations(
  { db }: ManagementDeps,
  caller: Caller,
  search: OrganizationSearch,
): Promise<{ items: readonly OrganizationLine[]; total: number }> {
  requireScopeEverywhere(caller, 'organizations:read');
  return {
    items: await searchOrganizations(db.manager, search),
    total: await countOrganizations(db.manager, search.text),
  };
}

/** One of them. @throws AppError unknown_organization, also for the owners' own */
export const readOrganizationLine = (deps: ManagementDeps, caller: Caller, asked: string): Promise<OrganizationLine> =>
  reading(deps, caller, asked, 'organizations:read', async ({ tx, organization }) => {
    const found = organization.slug === OWNERS_SLUG ? undefined : await findOrganizationLine(tx, organization.id);
    if (!found) throw new AppError('unknown_organization');
    return found;
  });

export type CustomUrlStanding = 'free' | 'own' | 'taken' | 'reserved' | 'malformed';

/**
 * Whether an organization could have this custom URL.
 * @param own slug of the organization that asks; what it used to have it can have again
 */
export async function customUrlStanding(
  { db }: ManagementDeps,
  caller: Caller,
  slug: string,
  own?: string,
): Promise<CustomUrlStanding> {
  requireScopeEverywhere(caller, 'organizations:read');
  const problem = slugProblem(slug);
  if (problem) return problem;
  const holder = await findOrganizationBySlug(db.manager, slug);
  if (!holder) return 'free';
  if (holder.organization.slug !== own) return 'taken';
  return holder.isCurrentSlug ? 'own' : 'free';
}
