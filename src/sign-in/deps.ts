import type { TakesLogoutTokens } from '../connections/connection';
import type { AnyOpenConnection, Connections, SettingsOf } from '../connections/registry';
import type { SignInConnection } from '../storage/connections';
import type { Organization } from '../domain/organization';
import type { LocalAccount } from '../storage/passwords';
import type { Database, Transaction } from '../storage/rows';
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
  /** Somebody came in past the identity provider: others hear of it at once. */
  tellOfBreakGlass: TellOfBreakGlass;
  now: () => Date;
}

/** What begins a session without a provider. */
export type LocalDeps = Pick<SignInDeps, 'tellOfBreakGlass'>;

/** Writes, in the transaction of the sign-in, to those who look after the organization. */
export type TellOfBreakGlass = (
  tx: Transaction,
  organization: Organization,
  account: LocalAccount,
  at: Date,
) => Promise<void>;
