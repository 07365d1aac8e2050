import { isDeepStrictEqual } from 'node:util';
import { isLive } from '../domain/account';
import { AppError, invalidForm } from '../domain/errors';
import type { DirectoryKind } from '../storage/directory';
import { listAccounts } from './account-list';
import { changeRoles, listAdmins } from './admins';
import { createAccount } from './accounts';
import { readBranding, replaceBranding } from './branding';
import type { OrganizationInFile } from './apply-form';
import type { Caller, ManagementDeps } from './deps';
import { directoryOf } from './directory';
import type { NewEntryForms } from './directory-forms';
import { addDomain, listDomains, removeDomain, type NewDomainForm } from './domains';
import { parseForm } from './form';
import { reading } from './island';
import { changeOrganization, createOrganization, readOrganization } from './organizations';
import { policyForm, replacePolicy, type PolicyForm } from './policy';
import { resolveReferences } from './references';

export type Outcome = 'created' | 'changed' | 'unchanged';

/** The organization that a step of a file is about. */
export interface Place {
  deps: ManagementDeps;
  caller: Caller;
  slug: string;
}

const WHOLE_LIST = { limit: 100_000 };

/** By a slug it has or had: one that was renamed since is not renamed back. */
export async function applyOrganization(
  deps: ManagementDeps,
  caller: Caller,
  { slug, name, externalId, metadata, technicalContacts }: OrganizationInFile,
): Promise<{ slug: string; outcome: Outcome }> {
  const form = { name, externalId, metadata, technicalContacts };
  const found = await readOrganization(deps, caller, slug).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unknown_organization') return undefined;
    throw error;
  });
  if (!found) {
    await createOrganization(deps, caller, { slug, ...form });
    return { slug, outcome: 'created' };
  }
  const change = differing(form, found);
  if (!change) return { slug: found.slug, outcome: 'unchanged' };
  await changeOrganization(deps, caller, slug, change);
  return { slug: found.slug, outcome: 'changed' };
}

export async function applyBranding(
  { deps, caller, slug }: Place,
  wanted: NonNullable<OrganizationInFile['branding']>,
): Promise<Outcome> {
  const { logoUrl: _notOfAFile, ...before } = await readBranding(deps, caller, slug);
  if (isDeepStrictEqual(before, wanted)) return 'unchanged';
  await replaceBranding(deps, caller, slug, wanted);
  return 'changed';
}

/** Who applies files vouches, unless the file says that DNS has to prove it. */
export async function applyDomain(
  { deps, caller, slug }: Place,
  { domain, verified = true }: NewDomainForm,
): Promise<Outcome> {
  const { items } = await listDomains(deps, caller, slug, WHOLE_LIST);
  const found = items.find((one) => one.domain === domain);
  if (found && (found.verified || !verified)) return 'unchanged';
  if (found) await removeDomain(deps, caller, slug, found.id);
  await addDomain(deps, caller, slug, { domain, verified });
  return found ? 'changed' : 'created';
}

export async function applyEntry<K extends DirectoryKind>(
  { deps, caller, slug }: Place,
  kind: K,
  wanted: NewEntryForms[K],
): Promise<Outcome> {
  const directory = directoryOf(kind);
  const { items } = await directory.list(deps, caller, slug, WHOLE_LIST);
  const found = items.find(({ name }) => name.toLowerCase() === wanted.name.toLowerCase());
  if (!found) {
    await directory.create(deps, caller, slug, wanted);
    return 'created';
  }
  const change = differing(wanted, found);
  if (!change) return 'unchanged';
  await directory.change(deps, caller, slug, found.id, change);
  return 'changed';
}

export async function applyPolicy({ deps, caller, slug }: Place, wanted: PolicyForm): Promise<Outcome> {
  const after = await reading(deps, caller, slug, 'policy:write', async ({ tx, organization, policy }) => {
    const names = {
      groups: wanted.defaultGroups,
      permissionProfile: wanted.defaultPermissionProfile,
      licence: wanted.defaultLicence,
    };
    const { groups, permissionProfile, licence } = await resolveReferences(tx, organization.id, names, {
      groups: 'defaultGroups',
      permissionProfile: 'defaultPermissionProfile',
      licence: 'defaultLicence',
    });
    const said = { defaultGroups: groups, defaultPermissionProfile: permissionProfile, defaultLicence: licence };
    const merged = { ...policy, ...given(wanted), ...given(said) };
    return isDeepStrictEqual(merged, policy) ? undefined : merged;
  });
  if (!after) return 'unchanged';
  await replacePolicy(deps, caller, slug, parseForm(policyForm, after));
  return 'changed';
}

/** An account that exists is its sources' and its admins' from then on. */
export async function applyAccount(
  { deps, caller, slug }: Place,
  wanted: NonNullable<OrganizationInFile['accounts']>[number],
): Promise<Outcome> {
  const { items } = await listAccounts(deps, caller, slug, { limit: 10, email: wanted.email });
  if (items.some(({ status }) => isLive(status))) return 'unchanged';
  await createAccount(deps, caller, slug, wanted);
  return 'created';
}

/** The roles of an account that exists. @throws AppError invalid_form when none has the address */
export async function applyAdmin(
  { deps, caller, slug }: Place,
  { email, roles }: NonNullable<OrganizationInFile['admins']>[number],
): Promise<Outcome> {
  const { items } = await listAccounts(deps, caller, slug, { limit: 10, email });
  const account = items.find(({ status }) => isLive(status));
  if (!account)
    throw invalidForm({ field: 'email', code: 'unknown_account', message: 'No account here has this address.' });
  const { items: admins } = await listAdmins(deps, caller, slug, WHOLE_LIST);
  const before = admins.find(({ id }) => id === account.id)?.roles ?? [];
  if (isDeepStrictEqual([...before].sort(), [...roles].sort())) return 'unchanged';
  await changeRoles(deps, caller, slug, account.id, { roles });
  return before.length ? 'changed' : 'created';
}

/** What is given and different; undefined when nothing is. */
function differing<T extends object>(wanted: T, present: object): Partial<T> | undefined {
  const before = present as Record<string, unknown>;
  const changes = Object.entries(given(wanted)).filter(([key, value]) => !isDeepStrictEqual(before[key], value));
  return changes.length ? (Object.fromEntries(changes) as Partial<T>) : undefined;
}

const given = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
