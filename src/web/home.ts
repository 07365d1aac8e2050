import type { Request } from 'express';
import { initiateLoginAt } from '../domain/application';
import { linksOf } from '../domain/links';
import { OWNERS_SLUG } from '../domain/organization';
import { listOpenApplications } from '../storage/open-applications';
import type { WebDeps } from './deps';
import { organizationOf } from './organization';
import type { SignedIn } from './request';

type Person = Pick<SignedIn, 'organizationId' | 'accountId'> & { session?: Pick<SignedIn['session'], 'isBreakGlass'> };

/** An application, and where a person begins in it. */
export interface OwnApplication {
  name: string;
  url: string;
}

/** The applications that this person can go on to from here, by name: none from a session past the identity provider. */
export async function applicationsOf(deps: WebDeps, req: Request, person: Person): Promise<OwnApplication[]> {
  if (person.session?.isBreakGlass) return [];
  const { slug } = organizationOf(req).organization;
  const open = await listOpenApplications(deps.signIn.db.manager, person.organizationId, person.accountId);
  return open.map(({ name, initiateLoginUri }) => ({
    name,
    url: initiateLoginAt(initiateLoginUri, deps.baseUrl, slug),
  }));
}

/**
 * Where a signed-in person goes who asked for nothing else: an owner or who came past the identity provider to their portal, anybody else to the only
 * application, their list of them, or their account.
 */
export async function homeOf(deps: WebDeps, req: Request, person: Person): Promise<string> {
  const { organization } = organizationOf(req);
  const links = linksOf(deps.baseUrl, organization);
  if (organization.slug === OWNERS_SLUG) return links.signIn;
  if (person.session?.isBreakGlass) return links.portal;
  const [only, another] = await applicationsOf(deps, req, person);
  if (!only) return links.account;
  return another ? links.applications : only.url;
}

/** As `homeOf`, in answer to a form: that ends at a page of ours, for browsers hold redirects to form-action too. */
export async function homeAfterForm(deps: WebDeps, req: Request, person: Person): Promise<string> {
  const { organization } = organizationOf(req);
  const links = linksOf(deps.baseUrl, organization);
  if (organization.slug === OWNERS_SLUG) return links.signIn;
  if (person.session?.isBreakGlass) return links.portal;
  return (await applicationsOf(deps, req, person)).length ? links.startApplication : links.account;
}
