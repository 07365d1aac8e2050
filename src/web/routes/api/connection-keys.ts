import { activateKey, createNextKey, listKeys, readKey, removeKey } from '../../../management/connection-keys';
import { connectionKey } from './connection-schema';
import { pageAnswer, paging } from './paging';
import { route } from './route';

const tag = 'Connections';
const path = '/organizations/{org}/connections/{id}/keys';
const read = { tag, scope: 'connections:read' } as const;
const write = { tag, scope: 'connections:write' } as const;

export const connectionKeyRoutes = [
  route({
    ...{ method: 'get', path, ...read },
    summary: 'List the keys of a connection',
    description: 'SAML signs requests and decrypts assertions with them; OpenID Connect signs by `private_key_jwt`.',
    query: paging,
    answer: pageAnswer(connectionKey),
    refusals: ['unknown_connection'],
    handle: ({ deps, caller, org, id, query }) => listKeys(deps, caller, org, id, query),
  }),
  route({
    ...{ method: 'get', path: `${path}/{key}`, ...read },
    summary: 'Read a key of a connection',
    answer: { status: 200, schema: connectionKey },
    refusals: ['unknown_connection'],
    handle: ({ deps, caller, org, id, key }) => readKey(deps, caller, org, id, key),
  }),
  route({
    ...{ method: 'post', path, ...write },
    summary: 'Begin a rotation: create the next key',
    description:
      'Published beside the present one, decrypts at once and is the one offered for encryption; does not sign yet. Activate it when the provider has it.',
    answer: { status: 201, schema: connectionKey },
    refusals: ['unknown_connection', 'invalid_state_change'],
    handle: ({ deps, caller, org, id }) => createNextKey(deps, caller, org, id),
  }),
  route({
    ...{ method: 'post', path: `${path}/{key}/activate`, ...write },
    summary: 'Sign with this key from now on',
    description:
      'The one that signed becomes `retiring`: still published for signatures and still decrypting, but no longer offered for encryption. It can be activated again.',
    answer: { status: 200, schema: connectionKey },
    refusals: ['unknown_connection', 'invalid_state_change'],
    handle: ({ deps, caller, org, id, key }) => activateKey(deps, caller, org, id, key),
  }),
  route({
    ...{ method: 'delete', path: `${path}/{key}`, ...write },
    summary: 'Remove a key that does not sign',
    description:
      'The last step of a rotation, when the provider has the new key. What is encrypted for it opens no more.',
    answer: { status: 204 },
    refusals: ['unknown_connection', 'in_use'],
    handle: ({ deps, caller, org, id, key }) => removeKey(deps, caller, org, id, key),
  }),
];
