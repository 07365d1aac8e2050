/** Roles in an organization's own portal. */
export const ORGANIZATION_ROLES = ['organization_admin', 'connection_admin', 'user_admin', 'auditor'] as const;
/** Roles in the owners' portal, over every organization. */
export const OWNER_ROLES = ['owner', 'operator', 'support'] as const;

export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number];
export type OwnerRole = (typeof OWNER_ROLES)[number];
/** What lets an account into a portal. An account may have several: it may do what any of them lets it. */
export type PortalRole = OrganizationRole | OwnerRole;
