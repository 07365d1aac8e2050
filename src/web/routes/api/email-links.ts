import { emailLinkFilter, listEmailLinks, readEmailLink, revokeEmailLink } from '../../../management/email-links';
import { pageAnswer, paging } from './paging';
import { emailLink } from './person-schemas';
import { route } from './route';

const tag = 'E-mail links';
const path = '/organizations/{org}/email-links';

export const emailLinkRoutes = [
  route({
    ...{ method: 'get', path, tag, scope: 'accounts:read' },
    summary: 'List e-mail links, newest first',
    query: paging.extend(emailLinkFilter.shape),
    answer: pageAnswer(emailLink),
    handle: ({ deps, caller, org, query }) => listEmailLinks(deps, caller, org, query),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}`, tag, scope: 'accounts:read' },
    summary: 'Read an e-mail link: sent, opened, used, expired',
    answer: { status: 200, schema: emailLink },
    handle: ({ deps, caller, org, id }) => readEmailLink(deps, caller, org, id),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/revoke`, tag, scope: 'accounts:write' },
    summary: 'Make a link count no more',
    description: 'A new one is sent by send-link of the account.',
    answer: { status: 200, schema: emailLink },
    refusals: ['invalid_state_change'],
    handle: ({ deps, caller, org, id }) => revokeEmailLink(deps, caller, org, id),
  }),
];
