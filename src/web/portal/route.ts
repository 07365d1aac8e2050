import type { Scope } from '../../management/scopes';
import type { UploadLimits } from '../upload';
import type { PortalCall } from './call';

/** One line of a portal's table: what the server answers, and who may ask. */
export interface PortalRoute {
  method: 'get' | 'post';
  /** Below the portal's base, as express writes it: `/users/:id`. */
  path: string;
  /** What the room behind asks for too (security 26); here so that a page is not begun that would end in a refusal. */
  scope: Scope | '*';
  /** Its form brings a file. */
  upload?: UploadLimits;
  handle(call: PortalCall): void | Promise<void>;
}

type Handler = PortalRoute['handle'];

export const page = (path: string, scope: PortalRoute['scope'], handle: Handler): PortalRoute => ({
  method: 'get',
  path,
  scope,
  handle,
});
export const action = (path: string, scope: PortalRoute['scope'], handle: Handler): PortalRoute => ({
  method: 'post',
  path,
  scope,
  handle,
});

/** An action whose form brings a file, in `call.file`. */
export const upload = (
  path: string,
  scope: PortalRoute['scope'],
  limits: UploadLimits,
  handle: Handler,
): PortalRoute => ({ ...action(path, scope, handle), upload: limits });
