import type { Statement } from './account';
import type { Attribute, AttributeValues } from './attributes';
import { ownerOf, ownerOfAccess } from './effective';
import type { AccessField, Policy } from './policy';

/**
 * Why a value is what it is: its owner says so (`source`), the policy gives it to whom nobody gives one (`default`), it was
 * put together from the names (`composed`), or it stayed although its owner says otherwise or nobody speaks (`kept`).
 */
export type Because = 'source' | 'default' | 'composed' | 'kept';

export interface Provenance<S extends Statement, V> {
  value: V | null;
  because: Because;
  /** Whoever owns the field among those who speak. */
  owner?: S;
  /** Everybody who speaks of it, newest first. */
  said: readonly { by: S; value: V | null }[];
}

/** Where an attribute's value comes from. */
export function provenanceOf<S extends Statement>(
  statements: readonly S[],
  policy: Policy,
  values: AttributeValues,
  field: Attribute,
): Provenance<S, string> {
  const value = values[field] ?? null;
  const owner = ownerOf(statements, policy, field) as S | undefined;
  const said = statements
    .filter(({ presence, attributes }) => presence !== 'gone' && attributes[field] !== undefined)
    .map((by) => ({ by, value: by.attributes[field] ?? null }));
  if (owner && (owner.attributes[field] ?? null) === value) return { value, because: 'source', owner, said };
  return { value, because: otherwise(policy, values, field, value), owner, said };
}

function otherwise(policy: Policy, values: AttributeValues, field: Attribute, value: string | null): Because {
  const names = [values.givenName, values.familyName].filter(Boolean).join(' ');
  if (field === 'displayName' && value === names) return 'composed';
  return field === 'site' && value === policy.defaultSite ? 'default' : 'kept';
}

/** Where profile, licence or user type comes from. */
export function accessProvenanceOf<S extends Statement>(
  statements: readonly S[],
  policy: Policy,
  field: AccessField,
  value: string | null,
): Provenance<S, string> {
  const owner = ownerOfAccess(statements, policy, field) as S | undefined;
  const said = statements
    .filter(({ presence, access }) => presence !== 'gone' && access[field] !== undefined)
    .map((by) => ({ by, value: by.access[field] ?? null }));
  if (owner && (owner.access[field] ?? null) === value) return { value, because: 'source', owner, said };
  return { value, because: value === GIVEN_TO_ALL[field](policy) ? 'default' : 'kept', owner, said };
}

const GIVEN_TO_ALL: Record<AccessField, (policy: Policy) => string | null> = {
  userType: ({ defaultUserType }) => defaultUserType,
  permissionProfile: ({ defaultPermissionProfile }) => defaultPermissionProfile,
  licence: ({ defaultLicence }) => defaultLicence,
};
