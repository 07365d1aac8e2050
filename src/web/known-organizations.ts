import type { Request } from 'express';
import { slugProblem } from '../domain/organization';
import { findOrganization } from '../storage/organizations';
import { cookiesOf } from './browser';
import type { WebDeps } from './deps';
import { organizationsOf } from './session';

const MOST_KNOWN = 8;

/** Where this browser has been signed in, by its session cookies. The owners' organization is none of applications. */
export async function knownOrganizations(
  deps: WebDeps,
  req: Request,
): Promise<readonly { name: string; slug: string }[]> {
  const ids = organizationsOf(cookiesOf(req), deps.secure).slice(0, MOST_KNOWN);
  const found = await Promise.all(ids.map((id) => findOrganization(deps.signIn.db.manager, id)));
  return found
    .flatMap((one) => (one ? [one.organization] : []))
    .filter(({ slug }) => !slugProblem(slug))
    .map(({ name, slug }) => ({ name, slug }));
}
