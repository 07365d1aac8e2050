import type { ClaimsSource } from '../storage/claims-source';

/** What applications are told of a person. A value that is not known is left out (OpenID Connect Core 5.3.2). */
export function claimsOf(source: ClaimsSource, only: readonly string[] | null): { sub: string } {
  const told = Object.entries(everyClaim(source)).filter(
    ([name, value]) => value !== null && (only === null || only.includes(name)),
  );
  return { ...Object.fromEntries(told), sub: source.accountId };
}

function everyClaim({ attributes, organization, connection, ...person }: ClaimsSource): Record<string, unknown> {
  const standard = (name: string): string | null => attributes[name] ?? null;
  const own = Object.entries(attributes).filter(([name]) => name.startsWith('attributes.'));
  return {
    organization: {
      id: organization.id,
      slug: organization.slug,
      name: organization.name,
      ...(organization.externalId !== null && { external_id: organization.externalId }),
    },
    connection,
    name: standard('displayName'),
    given_name: standard('givenName'),
    family_name: standard('familyName'),
    preferred_username: person.username,
    locale: standard('locale'),
    groups: person.groups,
    permission_profile: person.permissionProfile,
    licence: person.licence,
    user_type: person.userType,
    site: standard('site'),
    attributes: own.length
      ? Object.fromEntries(own.map(([name, value]) => [name.slice('attributes.'.length), value]))
      : null,
    email: person.email,
    email_verified: person.emailVerified,
    phone_number: standard('phone'),
  };
}
