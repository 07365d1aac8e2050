import type { ApplicationSessionId, OrganizationId } from '../domain/ids';

/** A grant of the provider is an application's session of ours; its id names the organization too. */
export interface GrantKey {
  organizationId: OrganizationId;
  id: ApplicationSessionId;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const GRANT_ID = new RegExp(`^(${UUID})\\.(${UUID})$`);

export const grantIdOf = ({ organizationId, id }: GrantKey): string => `${organizationId}.${id}`;

export function readGrantId(text: string): GrantKey | undefined {
  const [, organizationId, id] = GRANT_ID.exec(text) ?? [];
  return organizationId && id ? { organizationId, id } : undefined;
}
