import type { TakesLogoutTokens } from '../connections/connection';
import type { AnyOpenConnection, Connections, SettingsOf } from '../connections/registry';
import type { SignInConnection } from '../storage/connections';
import type { Database } from '../storage/rows';
import type { SecretBox } from '../storage/secret-box';
import type { Throttle } from './throttle';

/** What signing in works with; wired in app.ts. */
export interface SignInDeps {
  db: Database;
  box: SecretBox;
  connections: Connections;
  /** The capability of one of them. */
  logoutTokens: TakesLogoutTokens<SettingsOf['oidc']>;
  openConnection: (record: SignInConnection) => AnyOpenConnection;
  throttle: Throttle;
  now: () => Date;
}
