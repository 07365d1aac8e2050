import { applicationChangeForm, newApplicationForm, rotateSecretForm } from '../../../management/application-forms';
import {
  changeApplication,
  createApplication,
  listApplications,
  readApplication,
  removeApplication,
  rotateSecret,
} from '../../../management/applications';
import { application, applicationWithSecret } from './application-schema';
import { pageAnswer, paging } from './paging';
import { route } from './route';

const tag = 'Applications';
const path = '/applications/{id}';
const scope = 'all rights';

export const applicationRoutes = [
  route({
    ...{ method: 'get', path: '/applications', tag, scope },
    summary: 'List applications',
    query: paging,
    answer: pageAnswer(application),
    handle: ({ deps, caller, query }) => listApplications(deps, caller, query),
  }),
  route({
    ...{ method: 'post', path: '/applications', tag, scope },
    summary: 'Register an application',
    description: 'The secret is shown this once.',
    body: newApplicationForm,
    answer: { status: 201, schema: applicationWithSecret },
    refusals: ['conflict'],
    handle: ({ deps, caller, body }) => createApplication(deps, caller, body),
  }),
  route({
    ...{ method: 'get', path, tag, scope },
    summary: 'Read an application',
    answer: { status: 200, schema: application },
    handle: ({ deps, caller, id }) => readApplication(deps, caller, id),
  }),
  route({
    ...{ method: 'patch', path, tag, scope },
    summary: 'Change an application',
    body: applicationChangeForm,
    answer: { status: 200, schema: application },
    handle: ({ deps, caller, id, body }) => changeApplication(deps, caller, id, body),
  }),
  route({
    ...{ method: 'delete', path, tag, scope },
    summary: 'Delete an application; its tokens are void at once',
    answer: { status: 204 },
    handle: ({ deps, caller, id }) => removeApplication(deps, caller, id),
  }),
  route({
    ...{ method: 'post', path: `${path}/rotate-secret`, tag, scope },
    summary: 'Make another secret',
    description: 'It is shown this once. Those there are go on working for `overlapHours`.',
    body: rotateSecretForm,
    answer: { status: 200, schema: applicationWithSecret },
    refusals: ['invalid_state_change'],
    handle: ({ deps, caller, id, body }) => rotateSecret(deps, caller, id, body),
  }),
];
