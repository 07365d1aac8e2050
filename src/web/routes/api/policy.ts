import { changePolicy, policyForm, readPolicy, replacePolicy } from '../../../management/policy';
import { route } from './route';
import { policy } from './schemas';

const tag = 'Provisioning policy';
const path = '/organizations/{org}/policy';

export const policyRoutes = [
  route({
    ...{ method: 'get', path, tag, scope: 'policy:read' },
    summary: 'Read the policy',
    answer: { status: 200, schema: policy },
    handle: ({ deps, caller, org }) => readPolicy(deps, caller, org),
  }),
  route({
    ...{ method: 'put', path, tag, scope: 'policy:write' },
    summary: 'Replace the policy',
    description: 'What is absent is the default. Groups, permission profile and licence by name or id.',
    body: policyForm,
    answer: { status: 200, schema: policy },
    handle: ({ deps, caller, org, body }) => replacePolicy(deps, caller, org, body),
  }),
  route({
    ...{ method: 'patch', path, tag, scope: 'policy:write' },
    summary: 'Change the policy',
    description: 'What is absent stays. Groups, permission profile and licence by name or id.',
    body: policyForm,
    answer: { status: 200, schema: policy },
    handle: ({ deps, caller, org, body }) => changePolicy(deps, caller, org, body),
  }),
];
