/** Which scope asks for which claim (OpenID Connect Core 5.4; ours besides). */
export const CLAIMS_BY_SCOPE: Readonly<Record<string, readonly string[]>> = {
  openid: ['sub', 'organization', 'connection'],
  profile: [
    ...['name', 'given_name', 'family_name', 'preferred_username', 'locale'],
    ...['groups', 'permission_profile', 'licence', 'user_type', 'site', 'attributes'],
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number'],
  groups: ['groups'],
};

export const SCOPES: readonly string[] = [...Object.keys(CLAIMS_BY_SCOPE), 'offline_access'];

/** Every claim that an application may be limited to; `sub` it always gets. */
export const CLAIM_NAMES: readonly string[] = [...new Set(Object.values(CLAIMS_BY_SCOPE).flat())].filter(
  (name) => name !== 'sub',
);
