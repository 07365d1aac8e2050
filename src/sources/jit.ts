import type { PersonRecord } from '../domain/desired-record';
import { domainOf, normalizeEmail } from '../domain/email-address';
import type { GroupId, SourceId } from '../domain/ids';
import type { ExternalIdentity, MappedProfile } from '../domain/proof';

export type TrustEmail = 'none' | 'verified_domains';

/** What a person at the door is worth as a record: the identity provider's statement about them, wanting an account. */
export function recordFromIdentity(
  sourceId: SourceId,
  identity: ExternalIdentity,
  profile: MappedProfile,
  given: { emailVerified: boolean; groups?: readonly GroupId[] },
): PersonRecord {
  const { connectionId, issuer, subject } = identity;
  return {
    kind: 'person',
    origin: { sourceId },
    identity: { connectionId, issuer, subject },
    wants: 'account',
    attributes: profile.attributes,
    emailVerified: given.emailVerified,
    access: given.groups ? { groups: given.groups } : {},
    presence: 'present',
  };
}

/**
 * Security 16: an address counts as verified when the provider says so of this very address, or when the connection is
 * trusted for the domains that the organization has proved.
 */
export function countsAsVerified(
  identity: Pick<ExternalIdentity, 'emailVerified' | 'attributes'>,
  { attributes: { email }, emailChosenByPerson }: MappedProfile,
  trust: TrustEmail,
  verifiedDomains: ReadonlySet<string>,
): boolean {
  if (!email || emailChosenByPerson) return false;
  const vouchedFor = identity.emailVerified && normalizeEmail(identity.attributes.email?.[0] ?? '') === email;
  return vouchedFor || (trust === 'verified_domains' && verifiedDomains.has(domainOf(email)));
}

/** Received group values → names of groups: all that the connection's mapping gives a value, any other value by its own name. */
export function groupNames(values: readonly string[], mapping: readonly { value: string; group: string }[]): string[] {
  const mapped = new Map<string, string[]>();
  for (const { value, group } of mapping) {
    const key = value.toLowerCase();
    mapped.set(key, [...(mapped.get(key) ?? []), group]);
  }
  return [...new Set(values.flatMap((value) => mapped.get(value.toLowerCase()) ?? [value]))];
}
