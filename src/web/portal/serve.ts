import express, { type Request, type RequestHandler, type Response } from 'express';
import { AppError } from '../../domain/errors';
import { linksOf } from '../../domain/links';
import { OWNERS_SLUG } from '../../domain/organization';
import { includesScope } from '../../management/scopes';
import { isUuid } from '../../management/uuid';
import { csrfFields, hasToken, isFromHere } from '../csrf';
import { findOrganizationBySlug } from '../../storage/organizations';
import type { WebDeps } from '../deps';
import { toAppError } from '../errors';
import { allowSignOut } from '../leave';
import { organizationOf } from '../organization';
import type { PageOrganization } from '../page-context';
import { pageOrganization } from '../page-organization';
import { readUpload, UploadedFile, type UploadLimits } from '../upload';
import type { PortalCall } from './call';
import type { PortalForm } from './form-model';
import { frameOf } from './frame';
import type { Portal } from './navigation';
import { showProblem } from './problem';
import { showResume } from './resume';
import type { PortalRoute } from './route';
import { visitorOf, type Visitor } from './visitor';

/** Reads what the portal's forms send. */
export const portalForm: RequestHandler = express.urlencoded({
  extended: false,
  limit: '200kb',
  parameterLimit: 2_000,
});

/** A route of a portal's table as express calls it. */
export function servePortal(web: WebDeps, portal: Portal, route: PortalRoute): RequestHandler {
  return async (req, res) => {
    const visitor = await visitorOf(web, req);
    if (!visitor) return route.method === 'post' ? showResume(web, req, res) : goSignIn(web, req, res);
    await allowSignOut(web, res, visitor.user);
    const call = await callOf(web, portal, visitor, req, res);
    try {
      if (!includesScope(visitor.caller.scopes, route.scope)) throw new AppError('role_required');
      if (Object.entries(call.params).some(([name, value]) => name === 'id' && !isUuid(value)))
        throw new AppError('not_found');
      if (route.upload) await takeUpload(call, route.upload);
      if (route.method === 'post' && !hasToken(req)) {
        if (!isFromHere(req, web.baseUrl)) throw new AppError('forbidden');
        return showResume(web, req, res, call);
      }
      await route.handle(call);
    } catch (error) {
      showProblem(call, error);
    }
  };
}

/** The form's fields, and its file or why there is none. Its token comes first in it, and is there even then. */
async function takeUpload(call: PortalCall, limits: UploadLimits): Promise<void> {
  try {
    call.file = { uploaded: (await readUpload(call.req, call.res, limits)) ?? new UploadedFile('', Buffer.alloc(0)) };
  } catch (error) {
    call.file = { refusal: toAppError(error) };
  }
  call.form = formOf(call.req.body);
}

function goSignIn(web: WebDeps, req: Request, res: Response): void {
  const { signIn } = linksOf(web.baseUrl, organizationOf(req).organization);
  res.redirect(303, `${signIn}?return_to=${encodeURIComponent(req.originalUrl)}`);
}

async function callOf(
  web: WebDeps,
  portal: Portal,
  visitor: Visitor,
  req: Request,
  res: Response,
): Promise<PortalCall> {
  const deps = web.management;
  const { slug, ...params } = req.params as Record<string, string>;
  const isOwner = visitor.slug === OWNERS_SLUG;
  const org = isOwner ? (slug ?? OWNERS_SLUG) : visitor.slug;
  const base = isOwner ? (slug ? `/admin/organizations/${slug}` : '/admin') : `/${visitor.slug}/admin`;
  return {
    ...{ web, deps, req, res, org, base, params },
    caller: visitor.caller,
    organization: await managedOrganization(web, req, portal, org),
    frame: frameOf(req, portal, base, visitor, csrfFields(req)),
    query: singles(req.query),
    form: formOf(req.body),
  };
}

/** The one a page is about. @throws AppError unknown_organization for one that an owner named and that is none */
async function managedOrganization(
  web: WebDeps,
  req: Request,
  portal: Portal,
  slug: string,
): Promise<PageOrganization> {
  // The owners' own organization has no portal of that kind: its people are managed as owners, or by themselves.
  if (portal === 'organization' && slug === OWNERS_SLUG) throw new AppError('unknown_organization');
  const own = organizationOf(req);
  const found = own.organization.slug === slug ? own : await findOrganizationBySlug(web.signIn.db.manager, slug);
  if (!found) throw new AppError('unknown_organization');
  return pageOrganization(web.baseUrl, found.organization);
}

const singles = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));

export function formOf(body: unknown): PortalForm {
  const fields = (body ?? {}) as Readonly<Record<string, unknown>>;
  return {
    text: (field) => (typeof fields[field] === 'string' ? fields[field] : ''),
    all: (field) => [fields[field] ?? []].flat().filter((value): value is string => typeof value === 'string'),
  };
}
