import { z } from 'zod';
import { CLIENT_AUTH_METHODS, ID_TOKEN_ALGORITHMS } from '../../../domain/application';
import { id, instant } from './schemas';

const text = z.string();
const texts = z.array(text);

const shape = {
  id,
  clientId: text,
  name: text,
  redirectUris: texts,
  postLogoutRedirectUris: texts,
  backchannelLogoutUri: text.nullable(),
  initiateLoginUri: text.nullable(),
  tokenEndpointAuthMethod: z.enum(CLIENT_AUTH_METHODS),
  idTokenSignedResponseAlg: z.enum(ID_TOKEN_ALGORITHMS),
  jwks: z.strictObject({ keys: z.array(z.record(text, z.unknown())) }).nullable(),
  jwksUri: text.nullable(),
  organizations: z.union([z.literal('all'), texts]),
  access: z.union([z.literal('everyone'), z.strictObject({ groups: texts, licences: texts })]),
  claims: texts.nullable(),
  issuer: z.url().meta({ description: 'What the application is configured with, beside client id and secret.' }),
  secrets: z.array(
    z.strictObject({ id, createdAt: instant, expiresAt: instant.nullable(), lastUsedAt: instant.nullable() }),
  ),
  lastLogoutNotice: z
    .strictObject({
      at: instant,
      state: z.enum(['waiting', 'confirmed', 'given_up']),
      attempts: z.int(),
      problem: text.nullable(),
    })
    .nullable()
    .meta({ description: 'The sign-out that the application was told of last, and whether it confirmed.' }),
  createdAt: instant,
  updatedAt: instant,
  lastUsedAt: instant.nullable(),
};

export const application = z.strictObject(shape).meta({ id: 'Application' });
export const applicationWithSecret = z
  .strictObject({ ...shape, clientSecret: text.optional() })
  .meta({ id: 'ApplicationWithSecret' });
