import { connectionChangeForm, newConnectionForm } from '../../../management/connection-forms';
import { previewConnectionChange } from '../../../management/connection-preview';
import {
  changeConnection,
  createConnection,
  listConnections,
  readConnection,
  removeConnection,
} from '../../../management/connections';
import { connection, repointing } from './connection-schema';
import { pageAnswer, paging } from './paging';
import { route } from './route';

const tag = 'Connections';
const path = '/organizations/{org}/connections';

export const connectionRoutes = [
  route({
    ...{ method: 'get', path, tag, scope: 'connections:read' },
    summary: 'List connections',
    query: paging,
    answer: pageAnswer(connection),
    handle: ({ deps, caller, org, query }) => listConnections(deps, caller, org, query),
  }),
  route({
    ...{ method: 'post', path, tag, scope: 'connections:write' },
    summary: 'Create a connection',
    description:
      'SAML: `metadataXml`, `metadataUrl`, or `entityId`, `ssoUrl` and `certificates`. OpenID Connect: `issuer`, `clientId` and `clientSecret`; the provider is asked before anything is saved.',
    body: newConnectionForm,
    answer: { status: 201, schema: connection },
    refusals: ['invalid_metadata', 'invalid_issuer', 'address_refused', 'invalid_state_change', 'domain_not_verified'],
    handle: ({ deps, caller, org, body }) => createConnection(deps, caller, org, body),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}`, tag, scope: 'connections:read' },
    summary: 'Read a connection',
    answer: { status: 200, schema: connection },
    refusals: ['unknown_connection'],
    handle: ({ deps, caller, org, id }) => readConnection(deps, caller, org, id),
  }),
  route({
    ...{ method: 'patch', path: `${path}/{id}`, tag, scope: 'connections:write' },
    summary: 'Change a connection',
    description:
      'Fields of its kind. States go one step at a time (draft, testing, pilot, active, required; disabled from any), unless the key has all rights.',
    body: connectionChangeForm,
    answer: { status: 200, schema: connection },
    refusals: [
      ...(['unknown_connection', 'invalid_metadata', 'invalid_issuer', 'address_refused'] as const),
      ...(['invalid_state_change', 'domain_not_verified'] as const),
    ],
    handle: ({ deps, caller, org, id, body }) => changeConnection(deps, caller, org, id, body),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/preview`, tag, scope: 'connections:write' },
    summary: 'What a change of a connection would mean for its people',
    description:
      'Takes what PATCH takes, and asks the provider as PATCH does, but changes nothing. Identities are keyed by issuer: a connection that is pointed at another identity provider takes nobody over.',
    body: connectionChangeForm,
    answer: { status: 200, schema: repointing },
    refusals: ['unknown_connection', 'invalid_metadata', 'invalid_issuer', 'address_refused'],
    handle: ({ deps, caller, org, id, body }) => previewConnectionChange(deps, caller, org, id, body),
  }),
  route({
    ...{ method: 'delete', path: `${path}/{id}`, tag, scope: 'connections:write' },
    summary: 'Remove a connection',
    description: 'Ends its sessions. People stay, with what it said of them; memberships that only it gave end.',
    answer: { status: 204 },
    refusals: ['unknown_connection'],
    handle: ({ deps, caller, org, id }) => removeConnection(deps, caller, org, id),
  }),
];
