import { newOrganizationForm, organizationChangeForm } from '../../../management/organization-forms';
import {
  changeOrganization,
  createOrganization,
  listOrganizations,
  readOrganization,
  removeOrganization,
} from '../../../management/organizations';
import { pageAnswer, paging } from './paging';
import { route } from './route';
import { organization } from './schemas';

const tag = 'Organizations';
const path = '/organizations/{org}';

export const organizationRoutes = [
  route({
    ...{ method: 'get', path: '/organizations', tag, scope: 'organizations:read' },
    summary: 'List organizations',
    query: paging,
    answer: pageAnswer(organization),
    handle: ({ deps, caller, query }) => listOrganizations(deps, caller, query),
  }),
  route({
    ...{ method: 'post', path: '/organizations', tag, scope: 'all rights' },
    summary: 'Create an organization',
    body: newOrganizationForm,
    answer: { status: 201, schema: organization },
    refusals: ['slug_taken', 'conflict'],
    handle: ({ deps, caller, body }) => createOrganization(deps, caller, body),
  }),
  route({
    ...{ method: 'get', path, tag, scope: 'organizations:read' },
    summary: 'Read an organization',
    answer: { status: 200, schema: organization },
    handle: ({ deps, caller, org }) => readOrganization(deps, caller, org),
  }),
  route({
    ...{ method: 'patch', path, tag, scope: 'organizations:write' },
    summary: 'Change an organization',
    description: 'An old slug stays reserved, and goes on working. Only a key with all rights changes `externalId`.',
    body: organizationChangeForm,
    answer: { status: 200, schema: organization },
    refusals: ['slug_taken', 'conflict'],
    handle: ({ deps, caller, org, body }) => changeOrganization(deps, caller, org, body),
  }),
  route({
    ...{ method: 'delete', path, tag, scope: 'all rights' },
    summary: 'Delete an organization with everything in it',
    answer: { status: 204 },
    handle: ({ deps, caller, org }) => removeOrganization(deps, caller, org),
  }),
];
