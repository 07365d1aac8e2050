import { SAML, type CacheProvider, type SamlConfig } from '@node-saml/passport-saml';
import type { BeginInput, BrowserStep, ConnectionContext } from '../connection';
import type { SamlSettings } from './settings';

/** node-saml keeps request ids in a cache with a timer; ours live in the database, so it gets one that keeps nothing. */
const NO_CACHE: CacheProvider = {
  saveAsync: () => Promise.resolve(null),
  getAsync: () => Promise.resolve(null),
  removeAsync: () => Promise.resolve(null),
};

/**
 * Begins a sign-in: a signed AuthnRequest with the attempt's ID, by the binding the connection is set to
 * (SAML Core 3.4.1, Bindings 3.4 and 3.5).
 */
export async function begin(
  connection: ConnectionContext<SamlSettings>,
  { attempt, loginHint, acrValues }: BeginInput,
): Promise<BrowserStep> {
  const { settings } = connection;
  const saml = new SAML(requestOptions(connection, attempt.requestId, acrValues));
  if (settings.ssoBinding === 'redirect') {
    const additionalParams: Record<string, string> = loginHint ? { login_hint: loginHint } : {};
    return { kind: 'redirect', url: await saml.getAuthorizeUrlAsync(attempt.relay, undefined, { additionalParams }) };
  }
  const message = await saml.getAuthorizeMessageAsync(attempt.relay);
  const fields = { SAMLRequest: String(message.SAMLRequest), RelayState: attempt.relay };
  return { kind: 'form', action: withLoginHint(settings.ssoUrl, loginHint), fields };
}

function requestOptions(
  { endpoints, settings }: ConnectionContext<SamlSettings>,
  requestId: string,
  acrValues: BeginInput['acrValues'],
): SamlConfig {
  const [key] = settings.spKeys;
  if (!key) throw new Error('A SAML connection has at least one key pair.');
  return {
    idpCert: [...settings.certificates],
    issuer: endpoints.entityId,
    callbackUrl: endpoints.acsUrl,
    entryPoint: settings.ssoUrl,
    generateUniqueId: () => requestId,
    identifierFormat: settings.nameIdFormat ?? null,
    forceAuthn: settings.forceAuthn,
    ...authnContextOptions(settings.requestedAuthnContext ?? wished(acrValues)),
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: settings.signatureAlgorithm,
    digestAlgorithm: settings.signatureAlgorithm,
    // Only the Redirect binding deflates (Bindings 3.4.4.1, 3.5.4).
    skipRequestCompression: settings.ssoBinding === 'post',
    cacheProvider: NO_CACHE,
  };
}

const wished = (classRefs: BeginInput['acrValues']): SamlSettings['requestedAuthnContext'] =>
  classRefs?.length ? { classRefs, comparison: 'exact' } : undefined;

/** Without a wish nothing is asked for: node-saml's default, a password, would lock out who signs in by smart card. */
const authnContextOptions = (requested: SamlSettings['requestedAuthnContext']): Partial<SamlConfig> =>
  requested
    ? { authnContext: [...requested.classRefs], racComparison: requested.comparison }
    : { disableRequestedAuthnContext: true };

/** Okta and Entra ID take the name to fill in as a query parameter; who does not know it ignores it. */
function withLoginHint(ssoUrl: string, loginHint: string | undefined): string {
  if (!loginHint) return ssoUrl;
  const url = new URL(ssoUrl);
  url.searchParams.set('login_hint', loginHint);
  return url.toString();
}
