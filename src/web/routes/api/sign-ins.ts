import { auditEventFilter, listAuditEvents } from '../../../management/audit-events';
import { discover, discoverQuery } from '../../../management/discover';
import { explain, explainForm } from '../../../management/explain';
import {
  approveLinkRequest,
  linkRequestFilter,
  listLinkRequests,
  readLinkRequest,
  rejectLinkRequest,
} from '../../../management/link-requests';
import { attemptFilter, listSignInAttempts, readSignInAttempt } from '../../../management/sign-in-attempts';
import { pageAnswer, paging } from './paging';
import { route } from './route';
import { attempt, auditEvent, discovery, explanation, linkRequest } from './schemas';

const organization = '/organizations/{org}';
const links = { tag: 'Link requests', path: `${organization}/link-requests` };
const attempts = { tag: 'Sign-ins', path: `${organization}/sign-in-attempts` };

export const signInRoutes = [
  route({
    ...{ method: 'get', ...links, scope: 'link-requests:read' },
    summary: 'List link requests, newest first',
    query: paging.extend(linkRequestFilter.shape),
    answer: pageAnswer(linkRequest),
    handle: ({ deps, caller, org, query }) => listLinkRequests(deps, caller, org, query),
  }),
  route({
    ...{ method: 'get', tag: links.tag, path: `${links.path}/{id}`, scope: 'link-requests:read' },
    summary: 'Read a link request',
    answer: { status: 200, schema: linkRequest },
    handle: ({ deps, caller, org, id }) => readLinkRequest(deps, caller, org, id),
  }),
  route({
    ...{ method: 'post', tag: links.tag, path: `${links.path}/{id}/approve`, scope: 'link-requests:write' },
    summary: 'Link the identity to the account',
    description: 'The identity that the account had at that connection is retired, and its sessions end.',
    answer: { status: 200, schema: linkRequest },
    refusals: ['conflict'],
    handle: ({ deps, caller, org, id }) => approveLinkRequest(deps, caller, org, id),
  }),
  route({
    ...{ method: 'post', tag: links.tag, path: `${links.path}/{id}/reject`, scope: 'link-requests:write' },
    summary: 'Reject a link request',
    answer: { status: 200, schema: linkRequest },
    refusals: ['conflict'],
    handle: ({ deps, caller, org, id }) => rejectLinkRequest(deps, caller, org, id),
  }),
  route({
    ...{ method: 'get', ...attempts, scope: 'sign-in-attempts:read' },
    summary: 'List sign-in attempts, newest first',
    query: paging.extend(attemptFilter.shape),
    answer: pageAnswer(attempt),
    handle: ({ deps, caller, org, query }) => listSignInAttempts(deps, caller, org, query),
  }),
  route({
    ...{ method: 'get', tag: attempts.tag, path: `${attempts.path}/{id}`, scope: 'sign-in-attempts:read' },
    summary: 'Read a sign-in attempt with its steps',
    answer: { status: 200, schema: attempt },
    handle: ({ deps, caller, org, id }) => readSignInAttempt(deps, caller, org, id),
  }),
  route({
    ...{ method: 'post', tag: attempts.tag, path: `${organization}/explain`, scope: 'accounts:read' },
    summary: 'What would happen if this person signed in now, and why',
    body: explainForm,
    answer: { status: 200, schema: explanation },
    handle: ({ deps, caller, org, body }) => explain(deps, caller, org, body),
  }),
  route({
    ...{ method: 'get', tag: attempts.tag, path: '/discover' },
    summary: 'Where the person with this e-mail address signs in',
    description: 'By verified domain; never whether there is an account. Any key will do.',
    query: discoverQuery,
    answer: { status: 200, schema: discovery },
    handle: ({ deps, caller, query }) => discover(deps, caller, query.email),
  }),
  route({
    ...{ method: 'get', tag: 'Ledger', path: `${organization}/audit-events`, scope: 'audit-events:read' },
    summary: 'Read the ledger, newest first',
    query: paging.extend(auditEventFilter.shape),
    answer: pageAnswer(auditEvent),
    handle: ({ deps, caller, org, query }) => listAuditEvents(deps, caller, org, query),
  }),
];
