import type { Attribute } from './attributes';
import type { GroupId, LicenceId, PermissionProfileId } from './ids';

/** Every kind of source, in the order of product.md. */
export const SOURCE_KINDS = [
  'jit',
  'admin',
  'self_signup',
  'spreadsheet',
  'microsoft_graph',
  'ldap',
  'scim',
  'sftp',
  'connectwise',
  'zendesk',
  'catalog',
  'itglue',
] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export const USER_TYPES = ['Privileged', 'Standard'] as const;
export type UserType = (typeof USER_TYPES)[number];

export interface FieldOwners {
  field: Attribute | AccessField;
  /** The first that said something wins. */
  sources: readonly SourceKind[];
}

/** What of an account's access a source may own. */
export const OWNABLE_ACCESS = ['userType', 'permissionProfile', 'licence'] as const;
export type AccessField = (typeof OWNABLE_ACCESS)[number];

/** What an organization decided about who comes in and what they get. */
export interface Policy {
  allowedSources: readonly SourceKind[];
  /** The only e-mail domains in which people create their own accounts; empty: any. */
  selfSignupDomains: readonly string[];
  usernameFormat: string;
  defaultGroups: readonly GroupId[];
  defaultPermissionProfile: PermissionProfileId | null;
  defaultLicence: LicenceId | null;
  whenNoSeat: 'refuse' | 'without_licence';
  defaultSite: string;
  defaultUserType: UserType;
  requireGroupAndProfile: boolean;
  linkBy: readonly ('external_id' | 'verified_email')[];
  fieldOwners: readonly FieldOwners[];
  unknownGroups: 'ignore' | 'create';
  /** Signing in lifts a deactivation. */
  signInReactivates: boolean;
  sessionHours: number;
  idleMinutes: number;
  requireSecondFactor: boolean;
}

/** The policy of a new organization (contract, defaults). */
export const DEFAULT_POLICY: Policy = {
  allowedSources: ['jit', 'admin', 'self_signup', 'spreadsheet', 'scim'],
  selfSignupDomains: [],
  usernameFormat: '{given}.{family}',
  defaultGroups: [],
  defaultPermissionProfile: null,
  defaultLicence: null,
  whenNoSeat: 'refuse',
  defaultSite: 'HQ',
  defaultUserType: 'Standard',
  requireGroupAndProfile: false,
  linkBy: ['external_id', 'verified_email'],
  fieldOwners: [],
  unknownGroups: 'ignore',
  signInReactivates: false,
  sessionHours: 12,
  idleMinutes: 120,
  requireSecondFactor: false,
};

/**
 * Who wins where the policy names nobody: directories before the identity provider before people's hands before
 * files and lists. What is typed in by hand is therefore kept unless a living source says otherwise.
 */
const DEFAULT_OWNERS: readonly SourceKind[] = [
  'scim',
  'microsoft_graph',
  'ldap',
  'jit',
  'admin',
  'sftp',
  'spreadsheet',
  'connectwise',
  'zendesk',
  'itglue',
  'catalog',
  'self_signup',
];

/** Source kinds by rank for one field, best first; kinds the policy does not name follow in the default order. */
export function ownersOf(policy: Policy, field: Attribute | AccessField): readonly SourceKind[] {
  const named = policy.fieldOwners.find((owners) => owners.field === field)?.sources ?? [];
  return [...named, ...DEFAULT_OWNERS.filter((kind) => !named.includes(kind))];
}

/** People with an address in this domain may create their own accounts. */
export const isSignupDomain = ({ selfSignupDomains }: Policy, domain: string): boolean =>
  selfSignupDomains.length === 0 || selfSignupDomains.includes(domain);
