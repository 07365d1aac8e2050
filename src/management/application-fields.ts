import { AppError, invalidForm, type FieldProblem } from '../domain/errors';
import type { OrganizationId } from '../domain/ids';
import type { Outbound } from '../outbound/outbound';
import type { ApplicationFields } from '../storage/applications';
import type { ApplicationChangeForm } from './application-forms';
import type { Caller, ManagementDeps } from './deps';
import { reading } from './island';

/** A form as it is stored: an absent field stays absent. */
export function fieldsOf({
  idTokenSignedResponseAlg,
  organizations,
  access,
  ...form
}: ApplicationChangeForm): Partial<ApplicationFields> {
  const only = access === 'everyone' ? {} : access;
  return {
    ...withoutAbsent(form),
    ...(idTokenSignedResponseAlg && { idTokenAlgorithm: idTokenSignedResponseAlg }),
    ...(organizations && { allOrganizations: organizations === 'all' }),
    ...(only && { onlyGroups: only.groups ?? null, onlyLicences: only.licences ?? null }),
  };
}

const withoutAbsent = <T extends object>(form: T): T =>
  Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined)) as T;

/** Ids of the organizations named; undefined: it is for all, or nothing was said. @throws AppError invalid_form */
export async function organizationsNamed(
  deps: ManagementDeps,
  caller: Caller,
  asked: ApplicationChangeForm['organizations'],
): Promise<readonly OrganizationId[] | undefined> {
  if (!asked || asked === 'all') return undefined;
  const problems: FieldProblem[] = [];
  const ids = new Set<OrganizationId>();
  for (const [index, name] of asked.entries()) {
    try {
      ids.add(await reading(deps, caller, name, 'organizations:read', async ({ organization }) => organization.id));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unknown_organization') throw error;
      const [field, message] = [`organizations.${index}`, 'There is no such organization.'];
      problems.push({ field, code: 'unknown_organization', message });
    }
  }
  if (problems.length) throw invalidForm(...problems);
  return [...ids];
}

/** Addresses that this service will call, looked at before they are kept (security 22). @throws AppError invalid_form */
export async function checkCalledAddresses(
  outbound: Outbound,
  { backchannelLogoutUri, jwksUri }: ApplicationChangeForm,
): Promise<void> {
  const problems: FieldProblem[] = [];
  for (const [field, uri] of Object.entries({ backchannelLogoutUri, jwksUri })) {
    const refusal = uri ? await outbound.check(uri) : undefined;
    if (refusal) problems.push({ field, code: refusal.code, message: refusal.message });
  }
  if (problems.length) throw invalidForm(...problems);
}
