import type {
  BeginInput,
  BrowserStep,
  CompleteInput,
  Completion,
  Connection,
  ConnectionContext,
  ConnectionKind,
  Refreshable,
  Refreshed,
} from './connection';
import type { Outbound } from '../outbound/outbound';
import { createOidc } from './oidc/oidc';
import type { OidcSettings } from './oidc/settings';
import { createRefresh } from './saml/refresh';
import { saml } from './saml/saml';
import type { SamlSettings } from './saml/settings';

export interface SettingsOf {
  saml: SamlSettings;
  oidc: OidcSettings;
}

/** Every kind has its protocol here: a forgotten one does not compile. */
export type Connections = {
  readonly [K in ConnectionKind]: Connection<SettingsOf[K]> & Partial<Refreshable<SettingsOf[K]>>;
};

export const createConnections = (outbound: Pick<Outbound, 'fetch' | 'getText'>) =>
  ({ saml: { ...saml, ...createRefresh(outbound) }, oidc: createOidc(outbound) }) satisfies Connections;

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

/** True where a refusal may mean that the provider has changed, and its kind can be asked again. */
export const isOutdatedAt = <K extends ConnectionKind>(
  all: Connections,
  { kind, context }: OpenConnection<K>,
  completion: Completion,
): boolean => 'refusal' in completion && all[kind].isOutdated?.(context, completion.refusal) === true;

/** The connection as its provider describes itself now; undefined: nothing new is to be had. */
export async function refreshAt<K extends ConnectionKind>(
  all: Connections,
  { kind, context }: OpenConnection<K>,
  now: Date,
): Promise<(Refreshed<SettingsOf[K]> & { opened: OpenConnection<K> }) | undefined> {
  const refreshed = await all[kind].refresh?.(context, now);
  if (!refreshed) return undefined;
  const settings = { ...context.settings, ...refreshed.change };
  return { ...refreshed, opened: { kind, context: { ...context, settings } } };
}
