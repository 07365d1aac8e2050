import { z } from 'zod';
import { isAttribute } from '../domain/attributes';
import { parseAddress } from '../domain/web-address';
import { CONNECTION_STATES } from '../connections/connection';
import { TOKEN_ENDPOINT_AUTH_METHODS } from '../connections/oidc/settings';
import { AUTHN_CONTEXT_COMPARISONS } from '../connections/saml/settings';
import { document, line } from './fields';

const mapping = z
  .record(
    z.string().refine((name) => name === 'groups' || isAttribute(name), {
      error: 'There is no such attribute; one of your own is named attributes.<name>.',
    }),
    line(256),
  )
  .meta({ description: 'Attribute of ours → name the provider sends it by; also `groups`.' });
const groupMapping = z
  .array(z.strictObject({ value: line(512), group: line(120) }))
  .max(1000)
  .meta({ description: 'Values the provider sends → names of groups; groups that do not exist are created.' });

const common = {
  name: line(120).meta({ example: 'Acme IdP' }),
  state: z.enum(CONNECTION_STATES).optional(),
  trustEmail: z.enum(['none', 'verified_domains']).optional(),
  attributeMapping: mapping.optional(),
  groupMapping: groupMapping.optional(),
};

const url = line(2048).refine((text) => /^https?:$/.test(parseAddress(text)?.protocol ?? ''), {
  error: 'This is not a web address.',
  params: { code: 'invalid_url' },
});

/** URIs and other names that stand in a list separated by blanks. */
const word = z.string().regex(/^[\x21-\x7E]{1,256}$/, 'This holds no blanks and no letters outside ASCII.');

const requestedAuthnContext = z
  .strictObject({
    classRefs: z.array(word).min(1).max(10),
    comparison: z.enum(AUTHN_CONTEXT_COMPARISONS),
  })
  .meta({
    description:
      'How people are to be authenticated (SAML Core 3.3.2.2.1). With `exact`, an assertion that names another class is refused; what is stronger or weaker is for the identity provider to say.',
  });

const forceAuthn = z.boolean().optional().meta({
  description:
    'People authenticate anew at the provider at each sign-in; one that leaves it at an older authentication is refused.',
});

const samlFields = {
  metadataXml: document(1_000_000).optional(),
  metadataUrl: url.optional(),
  entityId: line(1024).optional().meta({ description: "The identity provider's." }),
  ssoUrl: url.optional(),
  ssoBinding: z.enum(['redirect', 'post']).optional(),
  sloUrl: url.nullable().optional().meta({ description: 'Where single logout is asked for; null: nowhere.' }),
  sloBinding: z.enum(['redirect', 'post']).optional(),
  sloResponseUrl: url.nullable().optional().meta({ description: 'Where answers go, when not to sloUrl.' }),
  certificates: z
    .array(document(20_000))
    .min(1)
    .max(10)
    .optional()
    .meta({ description: 'PEM, or its base64 alone. Several are trusted at once.' }),
  subjectFrom: z.union([z.literal('nameId'), z.strictObject({ attribute: line(256) })]).optional(),
  allowIdpInitiated: z.boolean().optional(),
  forceAuthn,
  requestedAuthnContext: requestedAuthnContext.nullable().optional(),
  signatureAlgorithm: z.enum(['sha256', 'sha512']).optional(),
  nameIdFormat: line(256).nullable().optional(),
};

const oidcFields = {
  issuer: url,
  clientId: line(512),
  clientSecret: line(2048).optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,200}$/, 'A scope holds no spaces (RFC 6749, 3.3).'))
    .max(50)
    .optional(),
  tokenEndpointAuthMethod: z.enum(TOKEN_ENDPOINT_AUTH_METHODS).optional(),
  forceAuthn,
  acrValues: z
    .array(word)
    .min(1)
    .max(10)
    .nullable()
    .optional()
    .meta({ description: "Sent as `acr_values`; a sign-in whose ID token's `acr` is none of them is refused." }),
  subjectFrom: z.union([z.literal('sub'), z.strictObject({ claim: line(256) })]).optional(),
};

const samlForm = z
  .strictObject({ kind: z.literal('saml'), ...common, ...samlFields })
  .meta({ id: 'NewSamlConnection' });
const oidcForm = z
  .strictObject({ kind: z.literal('oidc'), ...common, ...oidcFields })
  .meta({ id: 'NewOidcConnection' });
export const newConnectionForm = z.discriminatedUnion('kind', [samlForm, oidcForm]);

export const samlChangeForm = z.strictObject({ ...common, ...samlFields }).partial();
export const oidcChangeForm = z.strictObject({ ...common, ...oidcFields }).partial();
/** Any change, before it is known which kind it is for. */
export const connectionChangeForm = z
  .strictObject({ ...common, ...oidcFields, ...samlFields, subjectFrom: z.unknown() })
  .partial();

export type SamlForm = z.output<typeof samlForm>;
export type OidcForm = z.output<typeof oidcForm>;
export type NewConnectionForm = z.output<typeof newConnectionForm>;
export type SamlChangeForm = z.output<typeof samlChangeForm>;
export type OidcChangeForm = z.output<typeof oidcChangeForm>;
export type ConnectionChangeForm = z.output<typeof connectionChangeForm>;
