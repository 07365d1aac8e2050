import type { Response } from 'express';
import type { WebDeps } from './deps';
import { allowFormTo } from './security-headers';

const RESUME = /^\/oidc\/auth\/([\w-]+)$/;

/** A form after which the browser goes on to an application must be let through to it: browsers hold redirects to form-action too. */
export async function allowFormToApplication(
  deps: WebDeps,
  res: Response,
  returnTo: string | undefined,
): Promise<void> {
  const uid = RESUME.exec(returnTo ?? '')?.[1];
  const pending = uid ? await deps.bridge.pending(uid) : undefined;
  if (pending) allowFormTo(res, new URL(pending.redirectUri).origin);
}
