import { readCertificate } from '../connections/saml/certificate';
import { METADATA_TYPES, readIdpMetadata, type IdpDescription } from '../connections/saml/idp-metadata';
import { warningsFor } from '../connections/saml/metadata-certificates';
import { AppError, invalidForm, type FieldProblem } from '../domain/errors';
import type { StoredSettings } from '../sign-in/open-connection';
import type { SamlChangeForm, SamlForm } from './connection-forms';
import type { ManagementDeps } from './deps';

type Settings = StoredSettings['saml'];
type Idp = Pick<
  Settings,
  'idpEntityId' | 'ssoUrl' | 'ssoBinding' | 'sloUrl' | 'sloBinding' | 'sloResponseUrl' | 'certificates' | 'metadataUrl'
>;

/** Something an admin should know, though it prevents nothing. */
export interface Warning {
  code: string;
  message: string;
  counts?: Readonly<Record<string, number>>;
}

export interface ReadSettings<S> {
  settings: S;
  warnings: readonly Warning[];
}

/** The complete settings of a new connection. Fetches metadata. @throws AppError invalid_metadata, address_refused, invalid_form */
export async function newSamlSettings(deps: ManagementDeps, form: SamlForm): Promise<ReadSettings<Settings>> {
  const { idp, warnings } = await readIdp(deps, form);
  const { idpEntityId, ssoUrl, certificates } = idp;
  if (!idpEntityId || !ssoUrl || !certificates) throw invalidForm(...missing(idp));
  const settings: Settings = {
    ssoBinding: 'redirect',
    ...idp,
    ...{ idpEntityId, ssoUrl, certificates },
    signatureAlgorithm: form.signatureAlgorithm ?? 'sha256',
    forceAuthn: form.forceAuthn ?? false,
    allowIdpInitiated: form.allowIdpInitiated ?? false,
    subjectFrom: form.subjectFrom ?? 'nameId',
    ...(form.nameIdFormat && { nameIdFormat: form.nameIdFormat }),
    ...(form.requestedAuthnContext && { requestedAuthnContext: form.requestedAuthnContext }),
  };
  return { settings, warnings };
}

/** What a change says about the settings; undefined when nothing. Absent stays, null clears. */
export async function samlSettingsChange(
  deps: ManagementDeps,
  form: SamlChangeForm,
): Promise<{ apply: (before: Settings) => Settings; warnings: readonly Warning[] }> {
  const { idp, warnings, wholly } = await readIdp(deps, form);
  const { signatureAlgorithm, forceAuthn, allowIdpInitiated, subjectFrom } = form;
  const { nameIdFormat, requestedAuthnContext } = form;
  const given = present({ signatureAlgorithm, forceAuthn, allowIdpInitiated, subjectFrom });
  const apply = (before: Settings): Settings => {
    const kept: Settings = { ...before };
    // Metadata that was fetched once is not fetched again over what somebody typed in since.
    if (Object.keys(idp).length) delete kept.metadataUrl;
    if (wholly || form.sloUrl !== undefined) for (const field of SLO) delete kept[field];
    if (form.sloResponseUrl === null) delete kept.sloResponseUrl;
    if (nameIdFormat === null) delete kept.nameIdFormat;
    if (requestedAuthnContext === null) delete kept.requestedAuthnContext;
    const set = { ...(nameIdFormat && { nameIdFormat }), ...(requestedAuthnContext && { requestedAuthnContext }) };
    return { ...kept, ...idp, ...given, ...set };
  };
  return { apply, warnings };
}

interface ReadIdp {
  idp: Partial<Idp>;
  warnings: readonly Warning[];
  /** The metadata says everything; what it does not name is not there. */
  wholly: boolean;
}

async function readIdp(deps: ManagementDeps, form: SamlChangeForm): Promise<ReadIdp> {
  refuseTwoWays(form);
  const { metadataXml, metadataUrl } = form;
  if (metadataXml !== undefined) return readMetadata(deps, metadataXml, 'metadataXml');
  if (metadataUrl === undefined) return readFields(deps, form);
  const read = await readMetadata(deps, await fetchMetadata(deps, metadataUrl), 'metadataUrl');
  return { ...read, idp: { ...read.idp, metadataUrl } };
}

/** What belongs to one address of single logout is gone with it. */
const SLO = ['sloUrl', 'sloBinding', 'sloResponseUrl'] as const;
const FIELDS = ['entityId', 'ssoUrl', 'ssoBinding', ...SLO, 'certificates'] as const;

function refuseTwoWays(form: SamlChangeForm): void {
  const documents = (['metadataXml', 'metadataUrl'] as const).filter((field) => form[field] !== undefined);
  const extra = documents.length ? [...documents.slice(1), ...FIELDS.filter((field) => form[field] != null)] : [];
  if (!extra.length) return;
  const message = `Give either ${documents[0]} or this, not both.`;
  throw invalidForm(...extra.map((field) => ({ field, code: 'conflicting_fields', message })));
}

async function fetchMetadata(deps: ManagementDeps, url: string): Promise<string> {
  const answer = await deps.outbound.getText(url, { accept: METADATA_TYPES });
  if (!answer.ok) throw addressFault('invalid_metadata', 'metadataUrl', answer);
  return answer.text;
}

async function readMetadata(deps: ManagementDeps, xml: string, field: 'metadataXml' | 'metadataUrl'): Promise<ReadIdp> {
  const read = readIdpMetadata(xml, deps.now());
  if (!read.ok) {
    const { code, message } = read;
    throw new AppError('invalid_metadata', { detail: message, fields: [{ field, code, message }] });
  }
  const { entityId, ssoUrl, ssoBinding, sloUrl, sloBinding, sloResponseUrl, certificates }: IdpDescription = read.idp;
  for (const url of [ssoUrl, sloUrl, sloResponseUrl]) if (url) await requireUsable(deps, { [field]: url });
  const slo = present({ sloUrl, sloBinding, sloResponseUrl });
  const idp = { idpEntityId: entityId, ssoUrl, ssoBinding, ...slo, certificates };
  return { idp, warnings: read.warnings, wholly: true };
}

async function readFields(deps: ManagementDeps, form: SamlChangeForm): Promise<ReadIdp> {
  const { entityId, ssoUrl, ssoBinding, sloBinding, certificates } = form;
  const { sloUrl, sloResponseUrl } = {
    sloUrl: form.sloUrl ?? undefined,
    sloResponseUrl: form.sloResponseUrl ?? undefined,
  };
  const read = certificates && readCertificates(certificates, deps.now());
  await requireUsable(deps, present({ ssoUrl, sloUrl, sloResponseUrl }));
  const idp = present({
    idpEntityId: entityId,
    ssoUrl,
    ssoBinding,
    sloUrl,
    sloBinding,
    sloResponseUrl,
    certificates: read?.pems,
  });
  return { idp, warnings: read?.warnings ?? [], wholly: false };
}

function readCertificates(texts: readonly string[], now: Date): { pems: readonly string[]; warnings: Warning[] } {
  const read = texts.map(readCertificate);
  const problems = read.flatMap((facts, index): FieldProblem[] => {
    const field = `certificates.${index}`;
    if (!facts) return [{ field, code: 'certificate_unreadable', message: 'This is not a certificate.' }];
    if (facts.keyType === 'rsa') return [];
    return [{ field, code: 'certificate_not_rsa', message: 'Only RSA certificates are taken.' }];
  });
  if (problems.length) throw invalidForm(...problems);
  const facts = read.filter((one) => one !== undefined);
  return {
    pems: [...new Set(facts.map(({ pem }) => pem))],
    warnings: facts.flatMap((one) => warningsFor(one, now)),
  };
}

/** The browser goes there, not this service: private networks are fine, plain http only where OUTBOUND_ALLOW says so. */
async function requireUsable(deps: ManagementDeps, addresses: Readonly<Record<string, string>>): Promise<void> {
  for (const [field, url] of Object.entries(addresses)) {
    if (url.startsWith('https:')) continue;
    if (!(await deps.outbound.check(url))) continue;
    const message = `${url} must begin with https://, unless OUTBOUND_ALLOW names it.`;
    throw addressFault('invalid_metadata', field, { code: 'not_https', message });
  }
}

/** An address that could not be used, as the field's fault. */
export function addressFault(
  otherwise: 'invalid_metadata' | 'invalid_issuer',
  field: string,
  { code, message }: { code: string; message: string },
): AppError {
  const refused = code === 'address_refused' || code === 'not_https';
  return new AppError(refused ? 'address_refused' : otherwise, {
    detail: message,
    fields: [{ field, code, message }],
  });
}

function missing(idp: Partial<Idp>): FieldProblem[] {
  const message = 'Give metadataXml, metadataUrl, or entityId, ssoUrl and certificates.';
  const fields = [
    ['entityId', idp.idpEntityId],
    ['ssoUrl', idp.ssoUrl],
    ['certificates', idp.certificates],
  ] as const;
  return fields.filter(([, value]) => !value).map(([field]) => ({ field, code: 'required', message }));
}

/** Without what is undefined. */
const present = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
