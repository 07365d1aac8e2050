import type {
  BeginInput,
  BrowserStep,
  CompleteInput,
  Completion,
  Connection,
  ConnectionContext,
  ConnectionKind,
} from './connection';
import { createOidc } from './oidc/oidc';
import type { OidcSettings } from './oidc/settings';
import { saml } from './saml/saml';
import type { SamlSettings } from './saml/settings';

export interface SettingsOf {
  saml: SamlSettings;
  oidc: OidcSettings;
}

/** Every kind has its protocol here: a forgotten one does not compile. */
export type Connections = { readonly [K in ConnectionKind]: Connection<SettingsOf[K]> };

export const createConnections = (deps: { fetch: typeof fetch }) =>
  ({ saml, oidc: createOidc(deps) }) satisfies Connections;

/** A connection whose settings fit its kind. */
export interface OpenConnection<K extends ConnectionKind = ConnectionKind> {
  kind: K;
  context: ConnectionContext<SettingsOf[K]>;
}

/** Any one of them, told apart by `kind`. */
export type AnyOpenConnection = { [K in ConnectionKind]: OpenConnection<K> }[ConnectionKind];

export const beginAt = <K extends ConnectionKind>(
  all: Connections,
  { kind, context }: OpenConnection<K>,
  input: BeginInput,
): Promise<BrowserStep> => all[kind].begin(context, input);

export const completeAt = <K extends ConnectionKind>(
  all: Connections,
  { kind, context }: OpenConnection<K>,
  input: CompleteInput,
): Promise<Completion> => all[kind].complete(context, input);
