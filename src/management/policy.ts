import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { isAttribute } from '../domain/attributes';
import { normalizeDomain } from '../domain/email-address';
import {
  DEFAULT_POLICY,
  OWNABLE_ACCESS,
  SOURCE_KINDS,
  USER_TYPES,
  type FieldOwners,
  type Policy,
} from '../domain/policy';
import { isUsernameFormat, USERNAME_PLACEHOLDERS } from '../domain/username';
import { findOrganization, savePolicy } from '../storage/organizations';
import { lockKeys } from '../storage/people';
import type { Transaction } from '../storage/rows';
import { endSessionsOfOneFactor } from '../storage/sessions';
import type { Caller, ManagementDeps } from './deps';
import { DIRECTORY_LOCK } from './directory';
import { line, reference } from './fields';
import { changing, reading, type Island } from './island';
import { readNames } from './names';
import { resolveReferences } from './references';

const sourceKinds = z.array(z.enum(SOURCE_KINDS)).max(SOURCE_KINDS.length);
const isOwnedField = (name: string): boolean =>
  isAttribute(name) || (OWNABLE_ACCESS as readonly string[]).includes(name);

const fieldOwners = z.strictObject({
  field: z
    .string()
    .refine(isOwnedField, { error: 'There is no such field.', params: { code: 'unknown_attribute' } })
    .transform((name) => name as FieldOwners['field'])
    .meta({ example: 'phone' }),
  sources: sourceKinds.min(1),
});

const signupDomain = z.string().transform((text, context) => {
  const domain = normalizeDomain(text);
  if (domain) return domain;
  context.addIssue({ code: 'custom', message: 'This is not a domain name.', params: { code: 'invalid_domain' } });
  return z.NEVER;
});

/** The whole policy; what is absent is the default. */
export const policyForm = z.strictObject({
  allowedSources: sourceKinds.optional(),
  selfSignupDomains: z
    .array(signupDomain)
    .max(100)
    .optional()
    .meta({ description: 'The only e-mail domains in which people create their own accounts; empty: any.' }),
  usernameFormat: z
    .string()
    .refine(isUsernameFormat, {
      error: `A format holds at least one of ${USERNAME_PLACEHOLDERS.map((name) => `{${name}}`).join(' ')}, and letters, digits, . _ - @ around.`,
      params: { code: 'invalid_username_format' },
    })
    .meta({ example: '{given}.{family}' })
    .optional(),
  defaultGroups: z.array(reference).max(100).optional(),
  defaultPermissionProfile: reference.nullable().optional(),
  defaultLicence: reference.nullable().optional(),
  whenNoSeat: z.enum(['refuse', 'without_licence']).optional(),
  defaultSite: line(120).optional(),
  defaultUserType: z.enum(USER_TYPES).optional(),
  requireGroupAndProfile: z.boolean().optional(),
  linkBy: z
    .array(z.enum(['external_id', 'verified_email']))
    .max(2)
    .optional(),
  fieldOwners: z
    .array(fieldOwners)
    .max(100)
    .refine((owners) => new Set(owners.map(({ field }) => field)).size === owners.length, {
      error: 'A field is named once.',
      params: { code: 'duplicate' },
    })
    .optional(),
  unknownGroups: z.enum(['ignore', 'create']).optional(),
  signInReactivates: z.boolean().optional().meta({ description: 'Signing in lifts a deactivation.' }),
  sessionHours: z.number().int().min(1).max(720).optional(),
  idleMinutes: z.number().int().min(5).max(10080).optional(),
  requireSecondFactor: z
    .boolean()
    .optional()
    .meta({ description: 'Of whoever signs in with a password; sessions that began without one end.' }),
});
export type PolicyForm = z.output<typeof policyForm>;

/** The policy with groups, profile and licence by their names. */
export const readPolicy = (deps: ManagementDeps, caller: Caller, organization: string): Promise<Policy> =>
  reading(deps, caller, organization, 'policy:read', (island) => viewOf(island, island.policy));

/** Replaces the policy. @throws AppError invalid_form with every name that is unknown */
export const replacePolicy = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  form: PolicyForm,
): Promise<Policy> => settingPolicy(deps, caller, organization, () => DEFAULT_POLICY, form);

/** Changes what is given; the rest stays. @throws AppError invalid_form with every name that is unknown */
export const changePolicy = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  form: PolicyForm,
): Promise<Policy> => settingPolicy(deps, caller, organization, (before) => before, form);

function settingPolicy(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  baseOf: (before: Policy) => Policy,
  form: PolicyForm,
): Promise<Policy> {
  return changing(deps, caller, organization, 'policy:write', async (island) => {
    const { tx, now, organization: own, note } = island;
    await lockKeys(tx, own.id, [DIRECTORY_LOCK]);
    // Under the lock: whoever changed another part meanwhile keeps it.
    const before = (await findOrganization(tx, own.id))?.policy ?? island.policy;
    const policy: Policy = { ...baseOf(before), ...form, ...(await defaultsOf(tx, own.id, form)) };
    await savePolicy(tx, own.id, policy);
    if (policy.requireSecondFactor) await endSessionsOfOneFactor(tx, own.id, now);
    const fields = (Object.keys(policy) as (keyof Policy)[]).filter(
      (field) => !isDeepStrictEqual(policy[field], before[field]),
    );
    await note({ action: 'policy.changed', fields });
    return viewOf(island, policy);
  });
}

/** What the form names, by id. */
async function defaultsOf(tx: Transaction, organizationId: string, form: PolicyForm) {
  const { groups, permissionProfile, licence } = await resolveReferences(
    tx,
    organizationId,
    { groups: form.defaultGroups, permissionProfile: form.defaultPermissionProfile, licence: form.defaultLicence },
    { groups: 'defaultGroups', permissionProfile: 'defaultPermissionProfile', licence: 'defaultLicence' },
  );
  return {
    ...(groups && { defaultGroups: groups }),
    ...(permissionProfile !== undefined && { defaultPermissionProfile: permissionProfile }),
    ...(licence !== undefined && { defaultLicence: licence }),
  };
}

async function viewOf({ tx, organization }: Island, policy: Policy): Promise<Policy> {
  const names = await readNames(tx, organization.id);
  const { defaultPermissionProfile: profile, defaultLicence: licence } = policy;
  return {
    ...policy,
    defaultGroups: policy.defaultGroups.map((id) => names.groups.get(id) ?? id),
    defaultPermissionProfile: profile && (names.permission_profiles.get(profile) ?? profile),
    defaultLicence: licence && (names.licences.get(licence) ?? licence),
  };
}
