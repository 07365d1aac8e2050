import { readIssuer, type IssuerReading } from '../connections/oidc/check-issuer';
import { needsClientSecret } from '../connections/oidc/settings';
import { invalidForm } from '../domain/errors';
import type { StoredSettings } from '../sign-in/open-connection';
import type { OidcChangeForm, OidcForm } from './connection-forms';
import type { ManagementDeps } from './deps';
import { addressFault, type ReadSettings, type Warning } from './saml-settings';

type Settings = StoredSettings['oidc'];
type IssuerSummary = Extract<IssuerReading, { ok: true }>['metadata'];

const SCOPES = ['openid', 'profile', 'email'];

/** The complete settings of a new connection. Asks the provider. @throws AppError invalid_issuer, address_refused, invalid_form */
export async function newOidcSettings(deps: ManagementDeps, form: OidcForm): Promise<ReadSettings<Settings>> {
  const wanted = form.tokenEndpointAuthMethod;
  if (!form.clientSecret) refuseWithoutSecret(wanted ?? 'client_secret_basic');
  const { summary, warnings } = await askProvider(deps, form.issuer);
  const settings: Settings = {
    issuer: form.issuer,
    clientId: form.clientId,
    scopes: form.scopes ?? SCOPES,
    tokenEndpointAuthMethod: wanted ?? methodFor(summary),
    subjectFrom: form.subjectFrom ?? 'sub',
    forceAuthn: form.forceAuthn ?? false,
    ...(form.acrValues && { acrValues: form.acrValues }),
  };
  return { settings, warnings };
}

/** @throws AppError invalid_form */
function refuseWithoutSecret(method: Settings['tokenEndpointAuthMethod']): void {
  if (!needsClientSecret(method)) return;
  throw invalidForm({
    field: 'clientSecret',
    code: 'required',
    message: 'A client secret is needed, unless tokenEndpointAuthMethod is private_key_jwt or none.',
  });
}

/** What a change says about the settings. Absent stays. @param hasSecret there is one already */
export async function oidcSettingsChange(
  deps: ManagementDeps,
  form: OidcChangeForm,
  hasSecret: boolean,
): Promise<{ apply: (before: Settings) => Settings; warnings: readonly Warning[] }> {
  const { issuer, clientId, scopes, tokenEndpointAuthMethod, subjectFrom, forceAuthn, acrValues } = form;
  if (tokenEndpointAuthMethod && !hasSecret && !form.clientSecret) refuseWithoutSecret(tokenEndpointAuthMethod);
  const warnings = issuer === undefined ? [] : (await askProvider(deps, issuer)).warnings;
  const given = { issuer, clientId, scopes, tokenEndpointAuthMethod, subjectFrom, forceAuthn };
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const apply = (before: Settings): Settings => {
    const { acrValues: wanted, ...kept } = before;
    const after = acrValues === undefined ? wanted : acrValues;
    return { ...kept, ...said, ...(after && { acrValues: after }) };
  };
  return { apply, warnings };
}

async function askProvider(
  deps: ManagementDeps,
  issuer: string,
): Promise<{ summary: IssuerSummary; warnings: readonly Warning[] }> {
  const read = await readIssuer(issuer, { fetch: deps.outbound.fetch });
  if (!read.ok) throw addressFault('invalid_issuer', 'issuer', read);
  await requireReachable(deps, read.metadata);
  return { summary: read.metadata, warnings: read.warnings };
}

/** Security 22, at saving: a provider may name addresses that this service must not call. The browser goes to the others. */
async function requireReachable(
  { outbound }: ManagementDeps,
  { tokenEndpoint, jwksUri, userinfoEndpoint }: IssuerSummary,
): Promise<void> {
  for (const url of [tokenEndpoint, jwksUri, ...(userinfoEndpoint ? [userinfoEndpoint] : [])]) {
    const fault = await outbound.check(url);
    if (fault) throw addressFault('invalid_issuer', 'issuer', { ...fault, message: `${url}: ${fault.message}` });
  }
}

/** Discovery 3: a provider that does not say takes client_secret_basic. */
function methodFor({ tokenEndpointAuthMethods: offered }: IssuerSummary): Settings['tokenEndpointAuthMethod'] {
  return offered && !offered.includes('client_secret_basic') && offered.includes('client_secret_post')
    ? 'client_secret_post'
    : 'client_secret_basic';
}
