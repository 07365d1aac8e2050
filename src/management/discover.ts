import { z } from 'zod';
import { domainOf } from '../domain/email-address';
import { linksOf } from '../domain/links';
import { isSsoOrganization } from '../storage/connections';
import { organizationOfDomain } from '../storage/domains';
import { findOrganization } from '../storage/organizations';
import type { Caller, ManagementDeps } from './deps';
import { email } from './fields';

export const discoverQuery = z.strictObject({ email });

export interface Discovery {
  sso: boolean;
  organization: { slug: string; name: string } | null;
  signInUrl: string;
}

/** Home realm discovery by verified domain, for any key. Says nothing about accounts. */
export async function discover(deps: ManagementDeps, caller: Caller, address: string): Promise<Discovery> {
  const tx = deps.db.manager;
  const home = await organizationOfDomain(tx, domainOf(address));
  const mayBeSeen = caller.organizationId === null || caller.organizationId === home?.organizationId;
  const found = home && mayBeSeen ? await findOrganization(tx, home.organizationId) : undefined;
  if (!found) return { sso: false, organization: null, signInUrl: `${deps.baseUrl}/` };
  const { id, slug, name } = found.organization;
  return {
    sso: await isSsoOrganization(tx, id),
    organization: { slug, name },
    signInUrl: deps.baseUrl + linksOf(deps.baseUrl, { slug }).signIn,
  };
}
