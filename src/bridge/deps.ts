import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../domain/errors';
import type { OrganizationId } from '../domain/ids';
import type { Database } from '../storage/rows';
import type { SecretBox } from '../storage/secret-box';
import type { Library } from './load-library';
import type { Pending } from './pending';
import type { Visitor } from './visitor';

/** The pages that the provider shows by itself, in the words and looks of ours. Each yields an HTML document. */
export interface BridgePages {
  refused(req: IncomingMessage, res: ServerResponse, refusal: { code: ErrorCode; problem?: string }): string;
  /** Asks whether to sign out. */
  signOut(req: IncomingMessage, res: ServerResponse, form: SignOutForm): Promise<string>;
  signedOut(req: IncomingMessage, res: ServerResponse): string;
  /** A sign-out that finds nobody signed in. */
  nobodySignedIn(req: IncomingMessage, res: ServerResponse): string;
  /** The page's form ends at another origin: its policy lets it. */
  allowFormTo(res: ServerResponse, origin: string): void;
}

export interface SignOutForm {
  action: string;
  hidden: Readonly<Record<string, string>>;
  application?: string;
  /** Where the browser is sent in the end, on another origin: the page's policy must let the form lead there. */
  leadsTo?: string;
}

/** An address to send the browser to, or a page that takes it there. */
export type Detour = { address: string } | { page: string };

/** What the bridge works with; wired in app.ts. */
export interface BridgeDeps {
  db: Database;
  box: SecretBox;
  /** Public origin without a trailing slash. */
  baseUrl: string;
  /** Cookies travel by https only. */
  secure: boolean;
  /** Signs the cookies of a request under way, newest first. */
  cookieSecrets: readonly string[];
  /** The one outbound client (security 22). */
  fetch: typeof globalThis.fetch;
  pages: BridgePages;
  /** People sign in to the organization by this connection: an application may ask for it. */
  isOpenConnection(organizationId: OrganizationId, connection: string): Promise<boolean>;
  /** Where the browser goes with a pending request. */
  wayOf(pending: Pending, visitor: Visitor | undefined): Promise<string>;
  /** Ends the session at the browser, by whatever ends sessions here. */
  endSession(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Where the browser has to pass by before it goes on to `next`, so that the identity provider's session ends too. */
  detour(req: IncomingMessage, res: ServerResponse, next: string): Promise<Detour | undefined>;
  loadLibrary(): Promise<Library>;
  log: { warn(facts: object, message: string): void };
  now: () => Date;
}
