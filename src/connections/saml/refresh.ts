import type { Outbound } from '../../outbound/outbound';
import type { ConnectionContext, Refreshable, Refreshed } from '../connection';
import { readCertificate } from './certificate';
import { METADATA_TYPES, readIdpMetadata } from './idp-metadata';
import type { SamlSettings } from './settings';

/**
 * An identity provider that changed its certificate publishes the new one in its metadata (security 14). What a message
 * holds is never pinned: the metadata comes from the address that an admin gave, and must be the same entity's.
 */
export const createRefresh = ({ getText }: Pick<Outbound, 'getText'>): Refreshable<SamlSettings> => ({
  isOutdated: ({ settings }, { rule }) => rule === 'signing_certificate' && settings.metadataUrl !== undefined,
  refresh: (connection, now) => refresh(getText, connection, now),
});

async function refresh(
  getText: Outbound['getText'],
  { settings }: ConnectionContext<SamlSettings>,
  now: Date,
): Promise<Refreshed<SamlSettings> | undefined> {
  if (!settings.metadataUrl) return undefined;
  const answer = await getText(settings.metadataUrl, { accept: METADATA_TYPES });
  const read = answer.ok ? readIdpMetadata(answer.text, now) : undefined;
  if (!read?.ok || read.idp.entityId !== settings.idpEntityId) return undefined;
  const { certificates } = read.idp;
  const [before, after] = [fingerprints(settings.certificates), fingerprints(certificates)];
  return before.join() === after.join() ? undefined : { change: { certificates }, details: { before, after } };
}

const fingerprints = (certificates: readonly string[]): readonly string[] =>
  certificates.map((pem) => readCertificate(pem)?.fingerprint256 ?? 'unreadable').sort();
