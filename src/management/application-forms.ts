import { z } from 'zod';
import { CLIENT_AUTH_METHODS, ID_TOKEN_ALGORITHMS, uriProblem, type UriProblem } from '../domain/application';
import { CLAIM_NAMES } from '../domain/application-claims';
import { line } from './fields';

const PROBLEMS: Readonly<Record<UriProblem, string>> = {
  invalid_url: 'This is not an absolute address.',
  insecure: 'The address must begin with https://, or with http:// and lead to this machine (localhost, 127.0.0.1).',
  fragment: 'The address must not have a fragment.',
  credentials: 'The address must not hold a user name or password.',
  wildcard: 'Addresses are compared letter by letter; wildcards are not taken.',
  not_normal: 'Write the address as a browser sends it: lower-case host, no default port, no dots in the path.',
};

const address = (tolerated?: UriProblem) =>
  z
    .string()
    .max(2000)
    .superRefine((uri, context) => {
      const code = uriProblem(uri);
      if (code && code !== tolerated)
        context.addIssue({ code: 'custom', message: PROBLEMS[code], params: { code: `uri_${code}` } });
    });

/** An address that browsers are sent to, compared letter by letter. */
const browserAddress = address().meta({ example: 'https://app.example/callback' });
/** One that this service calls: what may be reached, the outbound client says (security 22). */
const calledAddress = address('insecure');

const names = z.array(line(200)).min(1).max(100);

const fields = {
  name: line(120).meta({ example: 'Timesheets' }),
  redirectUris: z.array(browserAddress).min(1).max(50),
  postLogoutRedirectUris: z.array(browserAddress).max(50),
  backchannelLogoutUri: calledAddress
    .nullable()
    .meta({ description: 'Is told of every sign-out (OpenID Connect Back-Channel Logout 1.0).' }),
  initiateLoginUri: browserAddress
    .nullable()
    .meta({ description: 'Where people are sent to begin in the application (OpenID Connect Core 4).' }),
  tokenEndpointAuthMethod: z.enum(CLIENT_AUTH_METHODS),
  idTokenSignedResponseAlg: z.enum(ID_TOKEN_ALGORITHMS),
  jwks: z
    .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(20) })
    .nullable()
    .meta({ description: 'Public keys, for `private_key_jwt`.' }),
  jwksUri: calledAddress.nullable(),
  organizations: z
    .union([z.literal('all'), z.array(line(63)).min(1).max(1000)])
    .meta({ description: 'Slugs or ids; `all` (default) includes those to come.' }),
  access: z
    .union([z.literal('everyone'), z.strictObject({ groups: names.optional(), licences: names.optional() })])
    .meta({
      description:
        'Who in an organization: everyone (default), or who is in one of the groups or has one of the licences, by name.',
    }),
  claims: z
    .array(z.enum(CLAIM_NAMES as [string, ...string[]]))
    .nullable()
    .meta({ description: 'The only claims it is told besides `sub`; null (default): all that its scopes ask for.' }),
};

export const newApplicationForm = z.strictObject({
  ...fields,
  postLogoutRedirectUris: fields.postLogoutRedirectUris.default([]),
  backchannelLogoutUri: fields.backchannelLogoutUri.default(null),
  initiateLoginUri: fields.initiateLoginUri.default(null),
  tokenEndpointAuthMethod: fields.tokenEndpointAuthMethod.default('client_secret_basic'),
  idTokenSignedResponseAlg: fields.idTokenSignedResponseAlg.default('ES256'),
  jwks: fields.jwks.default(null),
  jwksUri: fields.jwksUri.default(null),
  organizations: fields.organizations.default('all'),
  access: fields.access.default('everyone'),
  claims: fields.claims.default(null),
  clientId: z
    .string()
    .regex(
      /^[A-Za-z0-9._~-]{3,100}$/,
      'A client id has 3 to 100 letters, digits, dots, hyphens, underscores and tildes.',
    )
    .optional()
    .meta({ description: 'Made when absent; never changes.' }),
  clientSecret: z
    .string()
    .regex(/^[\x21-\x7e]{32,256}$/, 'A secret has 32 to 256 printable characters and no spaces.')
    .optional()
    .meta({ description: 'Made when absent, and shown once.' }),
});
export type NewApplicationForm = z.output<typeof newApplicationForm>;

export const applicationChangeForm = z.strictObject(fields).partial();
/** As a file says it: recognised by its client id, with a secret of the file's where it has one. */
export const applicationInFileForm = applicationChangeForm
  .extend({
    ...{ name: fields.name, redirectUris: fields.redirectUris },
    clientId: newApplicationForm.shape.clientId.unwrap(),
    clientSecret: newApplicationForm.shape.clientSecret,
  })
  .refine(
    ({ tokenEndpointAuthMethod: method, clientSecret }) =>
      clientSecret || (method && !method.startsWith('client_secret')),
    {
      path: ['clientSecret'],
      error: 'A secret that is made here would be shown to nobody: the file has to bring one.',
      params: { code: 'secret_needed' },
    },
  );

export type ApplicationChangeForm = z.output<typeof applicationChangeForm>;

export const rotateSecretForm = z.strictObject({
  overlapHours: z
    .number()
    .int()
    .min(0)
    .max(720)
    .default(24)
    .meta({ description: 'For so long the secrets there are go on working.' }),
});
export type RotateSecretForm = z.output<typeof rotateSecretForm>;
