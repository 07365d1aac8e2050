import type { Organization } from '../domain/organization';
import type { Policy } from '../domain/policy';

/** A request of somebody who proves who they are without a connection. */
export interface LocalRequest {
  organization: Organization;
  policy: Policy;
  returnTo?: string;
  userAgent?: string;
  requestId?: string;
}
