import { z } from 'zod';
import { CONNECTION_STATES } from '../../../connections/connection';
import { TOKEN_ENDPOINT_AUTH_METHODS } from '../../../connections/oidc/settings';
import { AUTHN_CONTEXT_COMPARISONS } from '../../../connections/saml/settings';
import { KEY_STATES } from '../../../storage/connection-keys';
import { id, instant } from './schemas';

const text = z.string();
const count = z.number().int();

const certificate = z.strictObject({
  certificate: text.meta({ description: 'PEM.' }),
  fingerprint256: text,
  subject: text,
  notBefore: instant,
  notAfter: instant,
});

const samlSettings = z
  .strictObject({
    entityId: text,
    ssoUrl: text,
    ssoBinding: z.enum(['redirect', 'post']),
    sloUrl: text.nullable(),
    sloBinding: z.enum(['redirect', 'post']).nullable(),
    sloResponseUrl: text.nullable(),
    metadataUrl: text.nullable(),
    certificates: z.array(certificate),
    signatureAlgorithm: z.enum(['sha256', 'sha512']),
    forceAuthn: z.boolean(),
    requestedAuthnContext: z
      .strictObject({ classRefs: z.array(text), comparison: z.enum(AUTHN_CONTEXT_COMPARISONS) })
      .nullable(),
    nameIdFormat: text.nullable(),
    allowIdpInitiated: z.boolean(),
    subjectFrom: z.union([z.literal('nameId'), z.strictObject({ attribute: text })]),
  })
  .meta({ id: 'SamlSettings' });

const oidcSettings = z
  .strictObject({
    issuer: text,
    clientId: text,
    hasClientSecret: z.boolean(),
    scopes: z.array(text),
    tokenEndpointAuthMethod: z.enum(TOKEN_ENDPOINT_AUTH_METHODS),
    forceAuthn: z.boolean(),
    acrValues: z.array(text).nullable(),
    subjectFrom: z.union([z.literal('sub'), z.strictObject({ claim: text })]),
  })
  .meta({ id: 'OidcSettings' });

const common = {
  id,
  name: text,
  state: z.enum(CONNECTION_STATES),
  signInUrl: z.url(),
  attributeMapping: z.record(z.string(), text),
  groupMapping: z.array(z.strictObject({ value: text, group: text })),
  trustEmail: z.enum(['none', 'verified_domains']),
  captureUntil: instant.nullable().meta({ description: 'Until when what arrives is kept; null: nothing is.' }),
  warnings: z.array(z.strictObject({ code: text, message: text, counts: z.record(text, count).optional() })),
  createdAt: instant,
  updatedAt: instant,
};

const samlConnection = z
  .strictObject({
    ...common,
    kind: z.literal('saml'),
    sp: z
      .strictObject({
        entityId: text,
        acsUrl: z.url(),
        sloUrl: z.url(),
        metadataUrl: z.url(),
        encryptionCertificate: text
          .nullable()
          .meta({ description: 'What new encryption should use: the next key, where there is one.' }),
      })
      .meta({
        description:
          'What the identity provider is told. The addresses never change, the certificate with a rotation of keys.',
      }),
    settings: samlSettings,
  })
  .meta({ id: 'SamlConnection' });

const oidcConnection = z
  .strictObject({
    ...common,
    kind: z.literal('oidc'),
    redirectUri: z.url().meta({ description: 'What the provider is told. Never changes.' }),
    jwksUri: z.url().nullable().meta({ description: 'Our public keys, once there are any: for `private_key_jwt`.' }),
    backchannelLogoutUri: z
      .url()
      .meta({ description: 'Where the provider may end sessions (OpenID Connect Back-Channel Logout 1.0).' }),
    settings: oidcSettings,
  })
  .meta({ id: 'OidcConnection' });

export const connection = z.discriminatedUnion('kind', [samlConnection, oidcConnection]).meta({ id: 'Connection' });

export const connectionKey = z
  .strictObject({
    id,
    certificate: text.meta({ description: 'PEM. The private key is never shown.' }),
    fingerprint256: text,
    notBefore: instant,
    notAfter: instant,
    state: z.enum(KEY_STATES),
    createdAt: instant,
  })
  .meta({ id: 'ConnectionKey' });

export const repointing = z
  .strictObject({
    issuer: z.strictObject({ before: text, after: text, changes: z.boolean() }),
    identities: count.meta({ description: 'That sign people in by the issuer before.' }),
    accounts: count.meta({ description: 'To which they belong.' }),
    outcomes: z
      .strictObject({ signIn: count, linkByVerifiedEmail: count, needLinkRequest: count })
      .meta({ description: 'Active and invited accounts by what a sign-in with their address would come to.' }),
    whatHappens: z
      .array(text)
      .meta({ description: 'In sentences, with what is exact and what only the sign-in shows.' }),
  })
  .meta({ id: 'Repointing' });
