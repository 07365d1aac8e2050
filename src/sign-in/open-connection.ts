import {
  CONNECTION_KINDS,
  type ConnectionContext,
  type ConnectionEndpoints,
  type ConnectionKind,
} from '../connections/connection';
import type { AnyOpenConnection, SettingsOf } from '../connections/registry';
import type { OrganizationId } from '../domain/ids';
import type { StoredKey } from '../storage/connection-keys';
import type { SignInConnection } from '../storage/connections';
import type { SecretBox } from '../storage/secret-box';

const CACHED = 500;

/** What is stored of a connection's settings in the clear; the rest is sealed beside it. */
export interface StoredSettings {
  saml: Omit<SettingsOf['saml'], 'spKeys'>;
  oidc: Omit<SettingsOf['oidc'], 'clientSecret' | 'clientKeys'>;
}

export interface StoredSecrets {
  clientSecret?: string;
}

export const SECRETS_COLUMN = 'connections.secrets';
export const PRIVATE_KEY_COLUMN = 'connection_keys.private_key';

/** Opens stored connections: secrets decrypted, settings in the shape of their kind. Cached by version, never the source of truth. */
export function createConnectionOpener(box: SecretBox): (record: SignInConnection) => AnyOpenConnection {
  const cache = new Map<string, AnyOpenConnection>();
  return (record) => {
    const key = `${record.organizationId}|${record.id}|${record.version}`;
    const known = cache.get(key);
    if (known) return known;
    const opened = open(record, box);
    if (cache.size >= CACHED) cache.delete(cache.keys().next().value ?? '');
    cache.set(key, opened);
    return opened;
  };
}

function open(record: SignInConnection, box: SecretBox): AnyOpenConnection {
  const kind = kindOf(record);
  const base = {
    id: record.id,
    organizationId: record.organizationId,
    version: record.version,
    endpoints: record.endpoints as ConnectionEndpoints,
  };
  switch (kind) {
    case 'saml':
      return { kind, context: samlContext(base, record, box) };
    case 'oidc':
      return { kind, context: oidcContext(base, record, box) };
  }
}

function kindOf({ id, kind }: SignInConnection): ConnectionKind {
  const known = CONNECTION_KINDS.find((one) => one === kind);
  if (!known) throw new Error(`connection ${id} is of unknown kind ${kind}`);
  return known;
}

type Base = Omit<ConnectionContext<unknown>, 'settings'>;

function samlContext(base: Base, record: SignInConnection, box: SecretBox): ConnectionContext<SettingsOf['saml']> {
  return { ...base, settings: { ...(record.settings as StoredSettings['saml']), spKeys: openKeys(record, box) } };
}

function oidcContext(base: Base, record: SignInConnection, box: SecretBox): ConnectionContext<SettingsOf['oidc']> {
  return {
    ...base,
    settings: {
      ...(record.settings as StoredSettings['oidc']),
      ...openSecrets(record.organizationId, record.secrets, box),
      clientKeys: openKeys(record, box),
    },
  };
}

const openKeys = ({ organizationId, keys }: SignInConnection, box: SecretBox): readonly StoredKey[] =>
  keys.map((key) => ({ ...key, privateKey: box.open(key.privateKey, { organizationId, column: PRIVATE_KEY_COLUMN }) }));

export const sealSecrets = (organizationId: OrganizationId, secrets: StoredSecrets, box: SecretBox): string =>
  box.seal(JSON.stringify(secrets), { organizationId, column: SECRETS_COLUMN });

const openSecrets = (organizationId: OrganizationId, sealed: string | null, box: SecretBox): StoredSecrets =>
  sealed ? (JSON.parse(box.open(sealed, { organizationId, column: SECRETS_COLUMN })) as StoredSecrets) : {};
