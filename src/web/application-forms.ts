import type { Request, Response } from 'express';
import type { Pending } from '../bridge/pending';
import { AppError } from '../domain/errors';
import type { WebDeps } from './deps';
import type { RefusedModel } from './page-models';
import { allowFormTo } from './security-headers';

type WayBack = NonNullable<RefusedModel['application']>;

const RESUME = /^\/oidc\/auth\/([\w-]+)$/;

/** Where an application's request goes on. */
export const isResumePath = (path: string | null | undefined): path is string => RESUME.test(path ?? '');

/** The application's request that goes on at `returnTo`, as long as it waits. */
export async function pendingAt(deps: WebDeps, returnTo: string | null | undefined): Promise<Pending | undefined> {
  const uid = RESUME.exec(returnTo ?? '')?.[1];
  return uid ? deps.bridge.pending(uid) : undefined;
}

/** A form after which the browser goes on to an application must be let through to it: browsers hold redirects to form-action too. */
export async function allowFormToApplication(
  deps: WebDeps,
  res: Response,
  returnTo: string | undefined,
): Promise<void> {
  const pending = await pendingAt(deps, returnTo);
  if (pending) allowFormTo(res, new URL(pending.redirectUri).origin);
}

/**
 * The request that `:uid` names, at the browser it belongs to.
 * @throws AppError application_request_over, also when it is another browser's
 */
export async function pendingHere({ bridge }: WebDeps, req: Request, res: Response): Promise<Pending> {
  const pending = await bridge.pendingHere(req, res, String(req.params.uid));
  if (!pending) throw new AppError('application_request_over');
  return pending;
}

/** A form that takes the person back to the application, which is told that nobody signed in. */
export async function wayBackOf(res: Response, pending: Pending): Promise<WayBack> {
  allowFormTo(res, new URL(pending.redirectUri).origin);
  return { name: await pending.applicationName(), action: `${pending.resumePath}/decline` };
}

/** As `wayBackOf`, for a sign-in that was to lead to `returnTo`. */
export async function wayBack(
  deps: WebDeps,
  res: Response,
  returnTo: string | null | undefined,
): Promise<WayBack | undefined> {
  const pending = await pendingAt(deps, returnTo);
  return pending && wayBackOf(res, pending);
}
