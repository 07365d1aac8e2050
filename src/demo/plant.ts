import { everyItem } from '../cli/every-item';
import { AppError } from '../domain/errors';
import { listAccounts } from '../management/account-list';
import { applyFile } from '../management/apply';
import { applyForm, type ApplyFile, type ApplyForm } from '../management/apply-form';
import type { ConnectionView } from '../management/connection-view';
import { listConnections } from '../management/connections';
import { commandCaller, type ManagementDeps } from '../management/deps';
import { parseForm } from '../management/form';
import { listOrganizations, type OrganizationView } from '../management/organizations';
import { readPolicy } from '../management/policy';
import type { SampleIdp } from './sample-idp';
import { INITECH_PEOPLE, sampleConnections, sampleOrganizations, type SamplePerson } from './seed';

/** An organization of the demo with the ways into it. */
export interface Planted {
  organization: OrganizationView;
  connections: readonly ConnectionView[];
  /** People create their own accounts, as far as the policy goes. */
  allowsSignup: boolean;
}

/** Applies the sample organizations at the first start, and later only what those that still exist need to work. */
export async function plant(deps: ManagementDeps, idp: SampleIdp, isFirst: boolean): Promise<void> {
  const file = isFirst ? sampleOrganizations(idp) : await stillThere(deps, sampleConnections(idp));
  await applyQuietly(deps, parseForm(applyForm, file));
}

export const applyQuietly = (deps: ManagementDeps, file: ApplyForm): Promise<void> =>
  applyFile(deps, commandCaller, file, () => undefined);

export async function listPlanted(deps: ManagementDeps): Promise<readonly Planted[]> {
  const organizations = await everyItem((page) => listOrganizations(deps, commandCaller, page));
  const planted = organizations.map(async (organization) => ({
    organization,
    connections: await everyItem((page) => listConnections(deps, commandCaller, organization.id, page)),
    allowsSignup: (await readPolicy(deps, commandCaller, organization.id)).allowedSources.includes('self_signup'),
  }));
  return Promise.all(planted);
}

/** Those of the sample people with a password who are still there. */
export async function listSamplePeople(deps: ManagementDeps): Promise<readonly SamplePerson[]> {
  const present = await everyItem((page) =>
    listAccounts(deps, commandCaller, 'initech', { ...page, status: 'active' }),
  ).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unknown_organization') return [];
    throw error;
  });
  return INITECH_PEOPLE.filter(({ email }) => present.some((account) => account.email === email));
}

/** Without organizations and connections that people deleted or renamed. */
async function stillThere(deps: ManagementDeps, { organizations }: ApplyFile): Promise<ApplyFile> {
  const planted = await listPlanted(deps);
  const kept = organizations.flatMap((wanted) => {
    const found = planted.find(({ organization }) => organization.slug === wanted.slug);
    if (!found) return [];
    const names = found.connections.map(({ name, kind }) => `${kind} ${name}`);
    const connections = wanted.connections?.filter(({ kind, name }) => names.includes(`${kind} ${name}`));
    return [{ slug: wanted.slug, name: found.organization.name, connections }];
  });
  return { organizations: kept };
}

/** Puts the organizations on the provider's start page: sign-ins that begin there, or at their own page. */
export function addTiles(idp: SampleIdp, planted: readonly Planted[]): void {
  for (const { organization, connections } of planted) {
    const saml = connections.find(
      ({ sp, settings }) => sp && 'entityId' in settings && settings.entityId === idp.saml.entityId,
    );
    const oidc = connections.find(({ settings }) => 'issuer' in settings && settings.issuer === idp.oidc.issuer);
    if (saml?.sp) idp.addTile({ name: organization.name, acsUrl: saml.sp.acsUrl, entityId: saml.sp.entityId });
    else if (oidc) idp.addTile({ name: organization.name, url: organization.signInUrl });
  }
}
