import type { ConnectionEndpoints, ConnectionKind, ConnectionState } from '../connections/connection';
import { readCertificate } from '../connections/saml/certificate';
import { warningsFor } from '../connections/saml/metadata-certificates';
import { backchannelLogoutUri, linksOf } from '../domain/links';
import type { StoredSettings } from '../sign-in/open-connection';
import type { ConnectionRecord, GroupMapping } from '../storage/connections';
import type { Warning } from './saml-settings';

/** A connection as an admin sees it: what to enter at the provider, settings without secrets, what to look after. */
export interface ConnectionView {
  id: string;
  kind: ConnectionKind;
  name: string;
  state: ConnectionState;
  signInUrl: string;
  /** For a SAML identity provider. */
  sp?: {
    entityId: string;
    acsUrl: string;
    sloUrl: string;
    metadataUrl: string;
    encryptionCertificate: string | null;
  };
  /** For an OpenID provider. */
  redirectUri?: string;
  /** Null: it uses no keys. */
  jwksUri?: string | null;
  backchannelLogoutUri?: string;
  settings: object;
  attributeMapping: Readonly<Record<string, string>>;
  groupMapping: readonly GroupMapping[];
  trustEmail: 'none' | 'verified_domains';
  /** Until when what arrives is kept; null: nothing is. */
  captureUntil: Date | null;
  warnings: readonly Warning[];
  createdAt: Date;
  updatedAt: Date;
}

export interface ViewContext {
  baseUrl: string;
  organization: { slug: string };
  now: Date;
  /** What was noticed besides, when it was saved just now. */
  noticed?: readonly Warning[];
}

export function viewOf(
  record: ConnectionRecord,
  { baseUrl, organization, now, noticed = [] }: ViewContext,
): ConnectionView {
  const { id, name, attributeMapping, groupMapping, trustEmail, createdAt, updatedAt } = record;
  const kind = record.kind as ConnectionKind;
  const own = kind === 'saml' ? samlView(record, now) : oidcView(record);
  const warnings = new Map([...own.warnings, ...noticed].map((one) => [one.code + one.message, one]));
  return {
    id,
    kind,
    name,
    state: record.state as ConnectionState,
    signInUrl: linksOf(baseUrl, organization).signInUrl(id),
    ...own.provider,
    settings: own.settings,
    attributeMapping,
    groupMapping,
    trustEmail,
    captureUntil: record.captureUntil && record.captureUntil > now ? record.captureUntil : null,
    warnings: [...warnings.values()],
    createdAt,
    updatedAt,
  };
}

interface OwnView {
  provider: Pick<ConnectionView, 'sp' | 'redirectUri' | 'jwksUri' | 'backchannelLogoutUri'>;
  settings: object;
  warnings: readonly Warning[];
}

function samlView(record: ConnectionRecord, now: Date): OwnView {
  const { entityId, acsUrl, sloUrl, metadataUrl } = record.endpoints as ConnectionEndpoints;
  const { idpEntityId, certificates, ...rest } = record.settings as StoredSettings['saml'];
  const facts = certificates.map(readCertificate).filter((one) => one !== undefined);
  return {
    provider: {
      sp: { entityId, acsUrl, sloUrl, metadataUrl, encryptionCertificate: encryptionKey(record)?.certificate ?? null },
    },
    settings: {
      entityId: idpEntityId,
      sloUrl: null,
      sloBinding: null,
      sloResponseUrl: null,
      metadataUrl: null,
      nameIdFormat: null,
      requestedAuthnContext: null,
      ...rest,
      certificates: facts.map(({ pem, fingerprint256, subject, notBefore, notAfter }) => ({
        certificate: pem,
        fingerprint256,
        subject,
        notBefore,
        notAfter,
      })),
    },
    warnings: facts.flatMap((one) => warningsFor(one, now)),
  };
}

/** The next key decrypts already: whoever is told of it now has nothing to change later. */
const encryptionKey = ({ keys }: ConnectionRecord) => keys.find(({ state }) => state === 'next') ?? keys[0];

function oidcView(record: ConnectionRecord): OwnView {
  const { redirectUri } = record.endpoints as ConnectionEndpoints;
  const settings = record.settings as StoredSettings['oidc'];
  return {
    provider: {
      redirectUri,
      backchannelLogoutUri: backchannelLogoutUri({ redirectUri }),
      // Beside the redirect URI, which is stored and stays.
      jwksUri: record.keys.length ? new URL('jwks', redirectUri).href : null,
    },
    settings: { forceAuthn: false, acrValues: null, ...settings, hasClientSecret: record.secrets !== null },
    warnings: settings.issuer.startsWith('https:')
      ? []
      : [{ code: 'unencrypted', message: 'The provider is reached without encryption.' }],
  };
}
