import type { CallbackInput, Wishes } from '../connections/connection';
import type { Door } from '../provisioning/door';
import type { SignInConnection } from '../storage/connections';

/** Somebody at a connection. */
export interface SignInRequest {
  connection: SignInConnection;
  /** Of the network. */
  address: string;
  userAgent?: string;
  requestId?: string;
}

/** A browser wants to sign in at a connection. */
export interface BeginRequest extends SignInRequest, Wishes {
  /** The browser's own random id, from its cookie. */
  browser: string;
  /** A validated local path, or none. */
  returnTo?: string;
}

/** A browser came back from there. */
export interface CompleteRequest extends SignInRequest {
  /** The door as it stood when the request came. */
  door: Door;
  reply: CallbackInput;
  /** The browser's own random id, from its cookie; none when cookies are off. */
  browser?: string;
}
