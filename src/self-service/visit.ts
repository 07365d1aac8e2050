import type { Organization } from '../domain/organization';
import type { Policy } from '../domain/policy';

/** Somebody at an organization's pages who has not shown yet who they are. */
export interface Visit {
  organization: Organization;
  policy: Policy;
  /** Of the network. */
  address: string;
  /** Language of the page. */
  language: string;
  userAgent?: string;
  requestId: string;
}
