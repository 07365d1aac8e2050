import type { AttemptSecrets, CallbackInput } from '../../connection';
import type { Claims } from '../claims';
import type { OidcSettings } from '../settings';

/** What the browser brought back, and what it is held against. */
export interface CallbackFacts {
  attempt?: AttemptSecrets;
  reply: CallbackInput;
  issuer: string;
}

/** Claims of an ID token whose signature, issuer and nonce the library has verified. */
export interface IdTokenFacts {
  claims: Claims;
  settings: OidcSettings;
  /** When the attempt began. */
  startedAt?: Date;
  now: Date;
}

/** A logout token whose signature was verified. */
export interface LogoutTokenFacts extends IdTokenFacts {
  header: Readonly<Record<string, unknown>>;
}
