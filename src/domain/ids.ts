/** Identifiers are UUID v7 in canonical text form; the aliases say what one points at. */
export type OrganizationId = string;
export type ConnectionId = string;
export type SourceId = string;
export type ContactId = string;
export type AccountId = string;
export type GroupId = string;
export type LicenceId = string;
export type PermissionProfileId = string;
export type SessionId = string;
export type AttemptId = string;
export type LinkRequestId = string;
export type EmailLinkId = string;
export type ApplicationId = string;
export type ApplicationSessionId = string;
