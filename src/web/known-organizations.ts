import type { Request } from 'express';
import { slugProblem } from '../domain/organization';
import { findOrganization } from '../storage/organizations';
import { cookiesOf } from './browser';
import type { WebDeps } from './deps';
import { organizationsOf } from './session';

const MOST_KNOWN = 8;

export type KnownOrganizations = readonly { name: string; slug: string }[];

/** Where this browser has been signed in, by its session cookies. The owners' organization is none of applications. */
export async function knownOrganizations(deps: WebDeps, req: Request): Promise<KnownOrganizations> {
  const ids = organizationsOf(cookiesOf(req), deps.secure).slice(0, MOST_KNOWN);
  const found = await Promise.all(ids.map((id) => findOrganization(deps.signIn.db.manager, id)));
  return found
    .flatMap((one) => (one ? [one.organization] : []))
    .filter(({ slug }) => !slugProblem(slug))
    .map(({ name, slug }) => ({ name, slug }));
}
