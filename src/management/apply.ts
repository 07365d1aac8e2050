import { AppError } from '../domain/errors';
import type { DirectoryKind } from '../storage/directory';
import { applyApplication } from './apply-application';
import { applyConnection } from './apply-connection';
import type { ApplyForm, OrganizationInFile } from './apply-form';
import {
  applyAccount,
  applyAdmin,
  applyBranding,
  applyDomain,
  applyEntry,
  applyOrganization,
  applyPolicy,
  type Outcome,
  type Place,
} from './apply-parts';
import type { Caller, ManagementDeps } from './deps';
import type { NewEntryForms } from './directory-forms';

/** One thing the file speaks of, and what was done about it. */
export interface Applied {
  /** Slug in force; null: the installation's own. */
  organization: string | null;
  /** `group Administrators`, `policy` … */
  what: string;
  outcome: Outcome;
}

/**
 * Brings about what a file says; what it does not speak of stays. Applied again, it changes nothing. Each step is a
 * transaction of its own: after a refusal the steps before it stay done, and the mended file can be applied again.
 * @param report called after each step
 * @throws AppError with the path in the file at which it was refused
 */
export async function applyFile(
  deps: ManagementDeps,
  caller: Caller,
  { organizations, applications }: ApplyForm,
  report: (applied: Applied) => void,
): Promise<void> {
  for (const [index, wanted] of organizations.entries()) {
    const at = `organizations.${index}`;
    const { slug, outcome } = await located(at, () => applyOrganization(deps, caller, wanted));
    report({ organization: slug, what: 'organization', outcome });
    for (const { path, what, apply } of stepsOf({ deps, caller, slug }, wanted))
      report({ organization: slug, what, outcome: await located(`${at}.${path}`, apply) });
  }
  for (const [index, wanted] of applications.entries()) {
    const outcome = await located(`applications.${index}`, () => applyApplication(deps, caller, wanted));
    report({ organization: null, what: `application ${wanted.clientId}`, outcome });
  }
}

interface Step {
  path: string;
  what: string;
  apply: () => Promise<Outcome>;
}

/** In this order: the policy names groups, accounts fall under the policy. */
function stepsOf(place: Place, wanted: OrganizationInFile): Step[] {
  const { branding, policy } = wanted;
  const each = <T>(
    key: string,
    list: readonly T[] = [],
    what: (one: T) => string,
    apply: (one: T) => Promise<Outcome>,
  ) => list.map((one, index): Step => ({ path: `${key}.${index}`, what: what(one), apply: () => apply(one) }));
  const entries = <K extends DirectoryKind>(key: string, noun: string, kind: K, list?: readonly NewEntryForms[K][]) =>
    each(
      key,
      list,
      ({ name }) => `${noun} ${name}`,
      (one) => applyEntry(place, kind, one),
    );
  return [
    ...(branding ? [{ path: 'branding', what: 'branding', apply: () => applyBranding(place, branding) }] : []),
    ...each(
      'domains',
      wanted.domains,
      ({ domain }) => `domain ${domain}`,
      (one) => applyDomain(place, one),
    ),
    ...entries('groups', 'group', 'groups', wanted.groups),
    ...entries('permissionProfiles', 'permission profile', 'permission_profiles', wanted.permissionProfiles),
    ...entries('licences', 'licence', 'licences', wanted.licences),
    ...each(
      'connections',
      wanted.connections,
      ({ name }) => `connection ${name}`,
      (one) => applyConnection(place, one),
    ),
    ...(policy ? [{ path: 'policy', what: 'policy', apply: () => applyPolicy(place, policy) }] : []),
    ...each(
      'accounts',
      wanted.accounts,
      ({ email }) => `account ${email}`,
      (one) => applyAccount(place, one),
    ),
    ...each(
      'admins',
      wanted.admins,
      ({ email }) => `admin ${email}`,
      (one) => applyAdmin(place, one),
    ),
  ];
}

/** A refusal says where in the file it was met. */
async function located<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { detail, fields } = error.options;
    throw new AppError(error.code, {
      detail: `${path}: ${detail ?? error.message}`,
      fields: fields?.map((one) => ({ ...one, field: `${path}.${one.field}` })),
      cause: error,
    });
  }
}
