import type { Bridge } from '../bridge/bridge';
import type { Store } from 'express-session';
import type { Logger } from 'pino';
import type { ManagementDeps } from '../management/deps';
import type { Installation } from '../management/installation';
import type { SelfServiceDeps } from '../self-service/deps';
import type { SignInDeps } from '../sign-in/deps';
import type { Languages } from './languages';
import type { Pages } from './pages';

/** What the pages work with; wired in app.ts. */
export interface WebDeps {
  baseUrl: string;
  /** Cookies travel by https only. */
  secure: boolean;
  signIn: SignInDeps;
  selfService: SelfServiceDeps;
  /** What the portals stand on. */
  management: ManagementDeps;
  /** What the owners' portal says of this installation. */
  installation: Installation;
  /** The OpenID provider for applications. */
  bridge: Bridge;
  /** Where mail is shown in the browser, in the demo. */
  inbox?: string;
  pages: Pages;
  languages: Languages;
  /** express-session's store: a cache, never the authority. */
  sessionStore: Store;
  /** Signs session cookies, newest first. */
  cookieSecrets: readonly string[];
  log: Logger;
}
