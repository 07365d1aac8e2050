import { contactFilter, listContacts, readContact } from '../../../management/contacts';
import { listSources } from '../../../management/sources';
import { pageAnswer, paging } from './paging';
import { route } from './route';
import { contact, contactLine } from './person-schemas';
import { source } from './schemas';

const tag = 'Contacts and sources';
const path = '/organizations/{org}/contacts';

export const contactRoutes = [
  route({
    ...{ method: 'get', path, tag, scope: 'contacts:read' },
    summary: 'List contacts: the catalog',
    query: paging.extend(contactFilter.shape),
    answer: pageAnswer(contactLine),
    handle: ({ deps, caller, org, query }) => listContacts(deps, caller, org, query),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}`, tag, scope: 'contacts:read' },
    summary: 'Read a contact with what each source said',
    answer: { status: 200, schema: contact },
    handle: ({ deps, caller, org, id }) => readContact(deps, caller, org, id),
  }),
  route({
    ...{ method: 'get', path: '/organizations/{org}/sources', tag, scope: 'sources:read' },
    summary: 'List sources',
    query: paging,
    answer: pageAnswer(source),
    handle: ({ deps, caller, org, query }) => listSources(deps, caller, org, query),
  }),
];
