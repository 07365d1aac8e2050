import type { OrganizationId } from '../domain/ids';
import { linksOf } from '../domain/links';
import type { Organization } from '../domain/organization';
import { slugProblem } from '../domain/organization';
import {
  changeSlug,
  deleteOrganization,
  findOrganization,
  insertOrganization,
  listOrganizations as readOrganizations,
  updateOrganization,
} from '../storage/organizations';
import { lockKeys } from '../storage/people';
import type { Transaction } from '../storage/rows';
import { endSessionsOf } from '../storage/sessions';
import { insertBuiltInSources } from '../storage/sources';
import { refusal } from './conflicts';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, transacting, writeNote, type Island } from './island';
import type { NewOrganizationForm, OrganizationChangeForm } from './organization-forms';
import { mapPage, pageOf, type Page, type PageQuery } from './page';
import { requireAllRights, requireScope, requireScopeEverywhere } from './scopes';

export interface OrganizationView extends Omit<Organization, 'branding'> {
  signInUrl: string;
}

const viewOf = (deps: ManagementDeps, { branding: _own, ...organization }: Organization): OrganizationView => ({
  ...organization,
  signInUrl: deps.baseUrl + linksOf(deps.baseUrl, organization).signIn,
});

/**
 * Creates an organization with its built-in source. Refused to whoever is bound to one organization.
 * @throws AppError slug_taken (also for a reserved one), conflict, insufficient_scope
 */
export async function createOrganization(
  deps: ManagementDeps,
  caller: Caller,
  form: NewOrganizationForm,
): Promise<OrganizationView> {
  requireScopeEverywhere(caller, 'organizations:write');
  refuseReserved(form.slug);
  return transacting(deps, async (tx) => {
    const id = await insertOrganization(tx, form);
    await insertBuiltInSources(tx, id);
    await writeNote(tx, deps.now(), caller, id, { action: 'organization.created', details: { slug: form.slug } });
    return viewOf(deps, await organizationIn(tx, id));
  });
}

export const readOrganization = (deps: ManagementDeps, caller: Caller, asked: string): Promise<OrganizationView> =>
  reading(deps, caller, asked, 'organizations:read', async ({ organization }) => viewOf(deps, organization));

/** A page of the organizations that the caller may see. */
export async function listOrganizations(
  deps: ManagementDeps,
  caller: Caller,
  { limit, cursor }: PageQuery,
): Promise<Page<OrganizationView>> {
  requireScope(caller, 'organizations:read');
  const own = caller.organizationId;
  const found = own
    ? [await organizationIn(deps.db.manager, own)].filter(({ id }) => id > (cursor ?? ''))
    : await readOrganizations(deps.db.manager, limit + 1, cursor);
  return mapPage(pageOf(found, limit), (organization) => viewOf(deps, organization));
}

/** Changes what is given. An old slug stays reserved; addresses given to identity providers go on working. */
export function changeOrganization(
  deps: ManagementDeps,
  caller: Caller,
  asked: string,
  form: OrganizationChangeForm,
): Promise<OrganizationView> {
  if (form.externalId !== undefined) requireScopeEverywhere(caller, 'organizations:write');
  return changing(deps, caller, asked, 'organizations:write', async (island) => {
    const { tx, organization } = island;
    await lockKeys(tx, organization.id, ['organization']);
    const { slug, ...rest } = form;
    if (slug !== undefined) await changeCustomUrl(island, slug);
    const fields = Object.keys(rest);
    if (fields.length) {
      await updateOrganization(tx, organization.id, rest);
      await island.note({ action: 'organization.changed', fields });
    }
    return viewOf(deps, await organizationIn(tx, organization.id));
  });
}

async function changeCustomUrl({ tx, organization, note }: Island, slug: string): Promise<void> {
  const before = (await organizationIn(tx, organization.id)).slug;
  if (before === slug) return;
  refuseReserved(before);
  refuseReserved(slug);
  if ((await changeSlug(tx, organization.id, slug)) === 'taken')
    throw refusal('slug_taken', 'slug', 'This custom URL is taken.');
  await note({ action: 'organization.slug_changed', fields: ['slug'], details: { before, after: slug } });
}

/** Deletes an organization with everything in it but its ledger. Keys with all rights only. */
export async function removeOrganization(deps: ManagementDeps, caller: Caller, asked: string): Promise<void> {
  requireAllRights(caller);
  await changing(deps, caller, asked, 'organizations:write', async ({ tx, organization, now, note }) => {
    refuseReserved(organization.slug);
    await endSessionsOf(tx, organization.id, now);
    await deleteOrganization(tx, organization.id);
    await note({ action: 'organization.deleted', details: { slug: organization.slug } });
  });
}

function refuseReserved(slug: string): void {
  if (slugProblem(slug)) throw refusal('slug_taken', 'slug', 'This custom URL is reserved.');
}

async function organizationIn(tx: Transaction, id: OrganizationId): Promise<Organization> {
  const found = await findOrganization(tx, id);
  if (!found) throw new Error(`organization ${id} is gone`);
  return found.organization;
}
