import { createApiKey, listApiKeys, newApiKeyForm, readApiKey, revokeApiKey } from '../../../management/api-keys';
import { pageAnswer, paging } from './paging';
import { route } from './route';
import { apiKey, newApiKey } from './schemas';

const tag = 'API keys';
const path = '/api-keys';

export const apiKeyRoutes = [
  route({
    ...{ method: 'get', path, tag, scope: 'api-keys:read' },
    summary: 'List API keys, newest first',
    query: paging,
    answer: pageAnswer(apiKey),
    handle: ({ deps, caller, query }) => listApiKeys(deps, caller, query),
  }),
  route({
    ...{ method: 'post', path, tag, scope: 'api-keys:write' },
    summary: 'Create an API key',
    description: 'The key is shown this once. Nobody gives scopes, or an organization, that they do not have.',
    body: newApiKeyForm,
    answer: { status: 201, schema: newApiKey },
    handle: ({ deps, caller, body }) => createApiKey(deps, caller, body),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}`, tag, scope: 'api-keys:read' },
    summary: 'Read an API key, without the key',
    answer: { status: 200, schema: apiKey },
    handle: ({ deps, caller, id }) => readApiKey(deps, caller, id),
  }),
  route({
    ...{ method: 'delete', path: `${path}/{id}`, tag, scope: 'api-keys:write' },
    summary: 'Revoke an API key',
    answer: { status: 204 },
    handle: ({ deps, caller, id }) => revokeApiKey(deps, caller, id),
  }),
];
