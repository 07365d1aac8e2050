import type { TakesLogoutTokens } from '../connections/connection';
import type { AnyOpenConnection, Connections, SettingsOf } from '../connections/registry';
import type { SignInConnection } from '../storage/connections';
import type { AccountId } from '../domain/ids';
import type { Organization } from '../domain/organization';
import type { SecondFactorChange } from '../domain/second-factor';
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
  /** A second factor was set up on the way in: its person hears of it. */
  tellOfSecondFactor: TellOfSecondFactor;
  now: () => Date;
}

/** Writes to the person, in the transaction of the change. */
export type TellOfSecondFactor = (
  tx: Transaction,
  organization: Organization,
  accountId: AccountId,
  change: SecondFactorChange,
  at: Date,
) => Promise<void>;

/** What begins a session without a provider. */
export type LocalDeps = Pick<SignInDeps, 'tellOfBreakGlass'>;

/** Writes, in the transaction of the sign-in, to those who look after the organization. */
export type TellOfBreakGlass = (
  tx: Transaction,
  organization: Organization,
  account: LocalAccount,
  at: Date,
) => Promise<void>;
