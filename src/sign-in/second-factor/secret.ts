import type { OrganizationId } from '../../domain/ids';
import type { SecretBox } from '../../storage/secret-box';

const COLUMN = 'second_factors.secret';

/** Secrets of authenticator apps at rest, bound to their organization and column (security 24). */
export const sealSecret = (box: SecretBox, organizationId: OrganizationId, secret: string): string =>
  box.seal(secret, { organizationId, column: COLUMN });

export const openSecret = (box: SecretBox, organizationId: OrganizationId, sealed: string): string =>
  box.open(sealed, { organizationId, column: COLUMN });
