import { z } from 'zod';
import { captureForm, endCapture, readCapture, startCapture } from '../../../management/captures';
import { route } from './route';
import { id, instant } from './schemas';

const claims = z.record(z.string(), z.unknown()).nullable();
const captured = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('saml'), xml: z.string().nullable().meta({ description: 'As it was received.' }) }),
  z.strictObject({
    kind: z.literal('oidc'),
    parameters: z.record(z.string(), z.unknown()).meta({ description: 'Of the callback, without codes and tokens.' }),
    idToken: claims.meta({ description: 'Claims, once the ID token was verified.' }),
    userinfo: claims,
  }),
]);
const capture = z.strictObject({ connectionId: id, capturedAt: instant, captured }).meta({ id: 'SignInCapture' });

const tag = 'Sign-ins';
const scope = 'sign-in-captures:write';
const path = '/organizations/{org}/connections/{id}/capture';

export const captureRoutes = [
  route({
    ...{ method: 'put', path, tag, scope },
    summary: 'Keep what arrives at a connection, for a while',
    description:
      'Personal data: whole assertions and claims, sealed, of the newest 200 attempts, deleted after 24 hours. Off by default.',
    body: captureForm,
    answer: { status: 200, schema: z.strictObject({ captureUntil: instant }) },
    refusals: ['unknown_connection'],
    handle: ({ deps, caller, org, id: connection, body }) => startCapture(deps, caller, org, connection, body),
  }),
  route({
    ...{ method: 'delete', path, tag, scope },
    summary: 'Keep nothing any more, and delete what was kept',
    answer: { status: 204 },
    refusals: ['unknown_connection'],
    handle: ({ deps, caller, org, id: connection }) => endCapture(deps, caller, org, connection),
  }),
  route({
    ...{ method: 'get', path: '/organizations/{org}/sign-in-attempts/{id}/capture', tag },
    scope: 'sign-in-captures:read',
    summary: 'Read what arrived at a sign-in attempt',
    description: 'Each reading stands in the ledger.',
    answer: { status: 200, schema: capture },
    handle: ({ deps, caller, org, id: attempt }) => readCapture(deps, caller, org, attempt),
  }),
];
