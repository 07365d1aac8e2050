import {
  addDomain,
  listDomains,
  newDomainForm,
  readDomain,
  removeDomain,
  verifyDomain,
} from '../../../management/domains';
import { pageAnswer, paging } from './paging';
import { route } from './route';
import { domain } from './schemas';

const tag = 'Domains';
const path = '/organizations/{org}/domains';

export const domainRoutes = [
  route({
    ...{ method: 'get', path, tag, scope: 'domains:read' },
    summary: 'List domains',
    query: paging,
    answer: pageAnswer(domain),
    handle: ({ deps, caller, org, query }) => listDomains(deps, caller, org, query),
  }),
  route({
    ...{ method: 'post', path, tag, scope: 'domains:write' },
    summary: 'Add a domain',
    description: 'The answer names the DNS TXT record that proves it.',
    body: newDomainForm,
    answer: { status: 201, schema: domain },
    refusals: ['domain_taken', 'conflict'],
    handle: ({ deps, caller, org, body }) => addDomain(deps, caller, org, body),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}`, tag, scope: 'domains:read' },
    summary: 'Read a domain',
    answer: { status: 200, schema: domain },
    handle: ({ deps, caller, org, id }) => readDomain(deps, caller, org, id),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/verify`, tag, scope: 'domains:write' },
    summary: 'Look for the TXT record now',
    answer: { status: 200, schema: domain },
    refusals: ['domain_not_verified', 'domain_taken'],
    handle: ({ deps, caller, org, id }) => verifyDomain(deps, caller, org, id),
  }),
  route({
    ...{ method: 'delete', path: `${path}/{id}`, tag, scope: 'domains:write' },
    summary: 'Remove a domain',
    answer: { status: 204 },
    handle: ({ deps, caller, org, id }) => removeDomain(deps, caller, org, id),
  }),
];
