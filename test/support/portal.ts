import { managementDeps } from '../../src/cli/open';
import type { OwnerRole, PortalRole } from '../../src/domain/portal-role';
import { commandCaller } from '../../src/management/deps';
import { inviteOwner } from '../../src/management/owners';
import type { HttpClient } from './http-client';
import { choose, logIn, PASSWORD } from './initech';
import { enrol } from './second-factor';
import type { TestService } from './service';

let admins = 0;

/** A browser in which somebody with these roles is signed in to an organization with passwords. */
export async function adminOf(
  service: TestService,
  slug: string,
  roles: readonly PortalRole[] = ['organization_admin'],
): Promise<HttpClient> {
  admins += 1;
  const email = `admin.${admins}@${slug}.example`;
  const account = { email, givenName: 'Dana', familyName: `Weber ${admins}`, password: PASSWORD };
  const { id } = await service.api<{ id: string }>('POST', `/organizations/${slug}/accounts`, account);
  await service.api('PUT', `/organizations/${slug}/admins/${id}`, { roles });
  const browser = service.browser();
  const reply = await logIn(browser, email, PASSWORD, slug);
  if (reply.status !== 303) throw new Error(`not signed in: ${reply.status} ${reply.text.slice(0, 500)}`);
  return browser;
}

/** A browser in which an owner is signed in, or somebody with another of the owners' roles. */
export async function ownerOf(service: TestService, role: OwnerRole = 'owner'): Promise<HttpClient> {
  admins += 1;
  const deps = managementDeps(service.config, service.resources);
  const form = { email: `owner.${admins}@example.com`, name: `Olga Owens ${admins}`, role };
  const { url = '' } = await inviteOwner(deps, commandCaller, form, 'print');
  const browser = service.browser();
  await enrol(browser, await choose(browser, new URL(url).pathname));
  return browser;
}
