import type { ConnectionId, OrganizationId } from '../domain/ids';
import type { ExternalIdentity } from '../domain/proof';

export const CONNECTION_KINDS = ['saml', 'oidc'] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

export const CONNECTION_STATES = ['draft', 'testing', 'pilot', 'active', 'required', 'disabled'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** States in which a connection makes its organization an SSO organization (contract, Connection states). */
export const isSsoState = (state: string): boolean => state === 'active' || state === 'required';

/** States in which people sign in. */
export const isOpenState = (state: string): boolean => state === 'pilot' || isSsoState(state);

/** The addresses a connection was created with. Stored, and compared exactly ever after, whatever the slug becomes. */
export interface ConnectionEndpoints {
  /** SAML entity id of this service for this connection; unused by OIDC. */
  entityId: string;
  acsUrl: string;
  sloUrl: string;
  metadataUrl: string;
  /** OIDC redirect URI. */
  redirectUri: string;
}

/** A connection as its protocol sees it: settings parsed, secrets decrypted. */
export interface ConnectionContext<S> {
  id: ConnectionId;
  organizationId: OrganizationId;
  /** Rises with every change; caches are keyed by (id, version). */
  version: number;
  endpoints: ConnectionEndpoints;
  settings: S;
}

/** The secrets of one attempt, made at its begin and needed at its end. */
export interface AttemptSecrets {
  /** Opaque key the provider hands back: RelayState or `state`. 256 random bits, base64url. */
  relay: string;
  /** SAML AuthnRequest ID (`_` and 32 hex digits); compared with InResponseTo. */
  requestId: string;
  nonce: string;
  /** PKCE code verifier (RFC 7636). */
  codeVerifier: string;
}

/** Where the browser goes next. A form is posted there (SAML HTTP-POST binding). */
export type BrowserStep =
  { kind: 'redirect'; url: string } | { kind: 'form'; action: string; fields: Readonly<Record<string, string>> };

/** What whoever sends the person wishes for this one sign-in. A provider grants it, or not. */
export interface Wishes {
  loginHint?: string;
  /** Authentication contexts, in the order of preference. A connection that demands some asks for those instead. */
  acrValues?: readonly string[];
}

export interface BeginInput extends Wishes {
  attempt: AttemptSecrets;
  now: Date;
}

/** The browser's return: exactly what came, parsed by the web server and by nobody else. */
export interface CallbackInput {
  method: 'GET' | 'POST';
  /** Full URL as the provider must have been told it, with query. */
  url: string;
  query: Readonly<Record<string, unknown>>;
  body: Readonly<Record<string, unknown>>;
}

export interface CompleteInput {
  /** Missing: unsolicited (IdP-initiated), only ever passed when the connection allows it. */
  attempt?: AttemptSecrets;
  /** When the attempt began. */
  startedAt?: Date;
  reply: CallbackInput;
  now: Date;
}

/** One rule that was looked at: what it expected, what came. Technical values only, never a person's. */
export interface Check {
  rule: string;
  ok: boolean;
  expected?: string;
  received?: string;
}

/** Why a connection did not accept the reply. `detail` is for the admin's trace and the log, never for the person. */
export interface ConnectionRefusal {
  code: 'invalid_assertion' | 'connection_unavailable' | 'provider_refused';
  /** The rule that failed, as in the checks. */
  rule: string;
  detail?: string;
}

/** What an OpenID provider said, verified. For a capture only: whoever signs in is read from `identity`. */
export interface ReceivedClaims {
  idToken: Readonly<Record<string, unknown>>;
  userinfo?: Readonly<Record<string, unknown>>;
}

export type Completion = { steps: readonly Check[]; claims?: ReceivedClaims } & (
  | {
      identity: ExternalIdentity;
      /** SAML assertion id: accepted once (security 11). */ replayKey?: string;
      replayUntil?: Date;
    }
  | { refusal: ConnectionRefusal }
);

/** A way a person proves who they are. The protocols differ inside their own folder and nowhere else. */
export interface Connection<S> {
  readonly kind: ConnectionKind;
  begin(connection: ConnectionContext<S>, input: BeginInput): Promise<BrowserStep>;
  complete(connection: ConnectionContext<S>, input: CompleteInput): Promise<Completion>;
}

/** What a verified logout token says: which session, or whose. At least one of the two is there. */
export interface TokenLogout {
  issuer: string;
  /** `sub`. */
  name?: string;
  /** `sid`. */
  index?: string;
  /** Its id: accepted once. */
  replayKey: string;
  replayUntil: Date;
}

export type LogoutTokenReading = { steps: readonly Check[] } & (
  | { logout: TokenLogout }
  | { refusal: { code: 'invalid_logout_token' | 'connection_unavailable'; rule: string; detail: string } }
);

/** Capability: its provider ends sessions by a token of its own (OpenID Connect Back-Channel Logout 1.0). */
export interface TakesLogoutTokens<S> {
  readLogoutToken(connection: ConnectionContext<S>, input: { token: string; now: Date }): Promise<LogoutTokenReading>;
}

/** Capability: publishes SAML SP metadata. */
export interface ServesMetadata<S> {
  metadata(connection: ConnectionContext<S>): string;
}

/** What a provider says of itself now, as far as it differs. */
export interface Refreshed<S> {
  change: Partial<S>;
  /** Technical facts, for the ledger. */
  details: Readonly<Record<string, readonly string[]>>;
}

/** Capability: what the provider publishes of itself can be read again (security 14). */
export interface Refreshable<S> {
  /** True where a refusal may mean that the provider has changed since the settings were read. */
  isOutdated(connection: ConnectionContext<S>, refusal: ConnectionRefusal): boolean;
  /** Asks the provider. Undefined: it cannot be had, is another one, or says nothing new. */
  refresh(connection: ConnectionContext<S>, now: Date): Promise<Refreshed<S> | undefined>;
}
