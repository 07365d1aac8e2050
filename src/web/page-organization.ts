import { linksOf } from '../domain/links';
import type { Organization } from '../domain/organization';
import type { PageOrganization } from './page-context';

/** What a page shows of the organization that it belongs to. */
export function pageOrganization(baseUrl: string, organization: Organization): PageOrganization {
  const { choose, logo } = linksOf(baseUrl, organization);
  const { color, logo: version } = organization.branding;
  return { name: organization.name, color, ...(version && { logoUrl: logo(version) }), signInUrl: choose };
}
