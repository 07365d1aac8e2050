import type { AnyOpenConnection } from '../../connections/registry';
import { readIssuer } from '../../connections/oidc/check-issuer';
import type { OidcSettings } from '../../connections/oidc/settings';
import { readCertificate } from '../../connections/saml/certificate';
import { readIdpMetadata } from '../../connections/saml/idp-metadata';
import type { SamlSettings } from '../../connections/saml/settings';
import { createConnectionOpener } from '../../sign-in/open-connection';
import { listConnections, type ConnectionRecord } from '../../storage/connections';
import { findings, type Finding, type Level } from './finding';
import type { OpenSubject } from './subject';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** Each connection of one organization that is not disabled: secrets open, certificates last, the provider answers. */
export async function checkConnections(
  subject: OpenSubject,
  organization: { id: string; slug: string },
): Promise<readonly Finding[]> {
  const all = await listConnections(subject.db.manager, organization.id);
  const open = createConnectionOpener(subject.box);
  const looks = all
    .filter(({ state }) => state !== 'disabled')
    .map((record) => look(subject, `${organization.slug}: ${record.name}`, record, open));
  return (await Promise.all(looks)).flat();
}

async function look(
  subject: OpenSubject,
  name: string,
  record: ConnectionRecord,
  open: (record: ConnectionRecord) => AnyOpenConnection,
): Promise<readonly Finding[]> {
  const say = findings(name);
  const opened = attempt(() => open(record));
  if (!opened)
    return [say.problem('Its secrets do not open', 'Put the key they were sealed with back into SECRET_KEYS.')];
  const { kind, context } = opened;
  const found =
    kind === 'saml'
      ? await lookAtSaml(subject, name, context.settings)
      : await lookAtOidc(subject, name, context.settings);
  if (found.length) return found.map((one) => milder(one, record.state));
  return [say.ok(`${kind === 'saml' ? 'SAML' : 'OpenID Connect'}, ${record.state}`)];
}

/** What nobody depends on yet is no problem yet. */
function milder(finding: Finding, state: string): Finding {
  const isOn = ['pilot', 'active', 'required'].includes(state);
  return finding.level === 'problem' && !isOn ? { ...finding, level: 'warning' satisfies Level } : finding;
}

async function lookAtSaml({ outbound, now }: OpenSubject, name: string, settings: SamlSettings): Promise<Finding[]> {
  const say = findings(name);
  const expiring = settings.certificates.flatMap((pem) => expiryFinding(name, pem, now()));
  if (!settings.metadataUrl) return expiring;
  const answer = await outbound.getText(settings.metadataUrl);
  const read = answer.ok ? readIdpMetadata(answer.text, now()) : answer;
  if (!read.ok)
    return [
      ...expiring,
      say.warning(
        `Its metadata cannot be read: ${read.message} (${settings.metadataUrl})`,
        'Sign-ins go on with what was read last; see that the address is right.',
      ),
    ];
  return [...expiring, ...differences(name, settings, read.idp)];
}

function expiryFinding(name: string, pem: string, now: Date): Finding[] {
  const say = findings(name);
  const facts = readCertificate(pem);
  if (!facts) return [say.problem('A certificate cannot be read', 'Replace it.')];
  const days = (facts.notAfter.getTime() - now.getTime()) / DAY_MS;
  if (days > SOON_DAYS) return [];
  const until = facts.notAfter.toISOString().slice(0, 10);
  const advice = "Ask the provider's admin for the next one, and trust both until it is in use.";
  return [
    say.warning(
      days < 0 ? `Its certificate expired on ${until}` : `Its certificate expires on ${until}`,
      days < 0 ? `Sign-ins still work. ${advice}` : advice,
    ),
  ];
}

function differences(
  name: string,
  settings: SamlSettings,
  idp: { entityId: string; certificates: readonly string[] },
): Finding[] {
  const say = findings(name);
  if (idp.entityId !== settings.idpEntityId)
    return [
      say.problem(
        `The metadata is another provider's: ${idp.entityId} instead of ${settings.idpEntityId}`,
        'See that the metadata address is right; or make a new connection for the new provider.',
      ),
    ];
  const pinned = new Set(settings.certificates.map(fingerprint));
  const published = idp.certificates.map(fingerprint);
  const known = published.filter((one) => pinned.has(one));
  if (known.length === published.length) return [];
  const advice = 'Save the metadata address again (PATCH the connection, or drawbridge apply) to trust what it shows.';
  return known.length
    ? [say.warning('The metadata shows a certificate that is not trusted here yet', advice)]
    : [say.problem('None of the certificates in the metadata is trusted here', advice)];
}

const fingerprint = (pem: string): string => readCertificate(pem)?.fingerprint256 ?? pem;

async function lookAtOidc({ outbound }: OpenSubject, name: string, { issuer }: OidcSettings): Promise<Finding[]> {
  const say = findings(name);
  const read = await readIssuer(issuer, { fetch: outbound.fetch });
  if (!read.ok)
    return [say.problem(`${read.message} (${issuer})`, 'Nobody can sign in until the provider answers so.')];
  const local = ['localhost', '127.0.0.1'].includes(new URL(issuer).hostname);
  return read.warnings
    .filter(({ code }) => !(local && code === 'unencrypted'))
    .map(({ message }) => say.warning(message));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
