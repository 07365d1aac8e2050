import { changeContact, contactChangeForm } from '../../../management/contact-change';
import { contactExportForm, exportContacts } from '../../../management/contact-export';
import { contactFilter, contactOrder, listContacts } from '../../../management/contact-list';
import { createContact, newContactForm, removeContact } from '../../../management/contact-new';
import { readContact } from '../../../management/contacts';
import { EXPORT_TYPES } from '../../../management/export-file';
import { sourceChangeForm } from '../../../management/import-forms';
import { changeSource, listSources } from '../../../management/sources';
import { keysetAnswer, keysetPaging, pageAnswer, paging } from './paging';
import { route } from './route';
import { contact, contactLine } from './person-schemas';
import { source } from './schemas';

const tag = 'Contacts and sources';
const path = '/organizations/{org}/contacts';

export const contactRoutes = [
  route({
    ...{ method: 'get', path, tag, scope: 'contacts:read' },
    summary: 'List contacts: the catalog',
    query: keysetPaging.extend({ ...contactFilter.shape, ...contactOrder }),
    answer: keysetAnswer(contactLine),
    handle: ({ deps, caller, org, query }) => listContacts(deps, caller, org, query),
  }),
  route({
    ...{ method: 'post', path, tag, scope: 'contacts:write' },
    summary: 'Add a contact by hand',
    description:
      'A person, or an organization that holds people. It has no account: give it one under `contacts/bulk`, or create one with ' +
      '`contactId` (accounts).',
    body: newContactForm,
    answer: { status: 201, schema: contact },
    refusals: ['email_taken', 'conflict'],
    handle: ({ deps, caller, org, body }) => createContact(deps, caller, org, body),
  }),
  route({
    ...{ method: 'get', path: `${path}/export`, tag, scope: 'contacts:read' },
    summary: 'Export the contacts that match',
    description: 'Formulas in CSV are escaped. Each export is in the ledger.',
    query: contactExportForm,
    answer: { status: 200, files: EXPORT_TYPES },
    handle: ({ deps, caller, org, query }) => exportContacts(deps, caller, org, query),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}`, tag, scope: 'contacts:read' },
    summary: 'Read a contact with what each source said',
    answer: { status: 200, schema: contact },
    handle: ({ deps, caller, org, id }) => readContact(deps, caller, org, id),
  }),
  route({
    ...{ method: 'patch', path: `${path}/{id}`, tag, scope: 'contacts:write' },
    summary: 'Change what is known of a contact by hand',
    description:
      'Absent stays, null clears. Somebody without account gets none by it: create one with `contactId` (accounts).',
    body: contactChangeForm,
    answer: { status: 200, schema: contact },
    refusals: ['field_owned', 'email_taken', 'conflict'],
    handle: ({ deps, caller, org, id, body }) => changeContact(deps, caller, org, id, body),
  }),
  route({
    ...{ method: 'delete', path: `${path}/{id}`, tag, scope: 'contacts:write' },
    summary: 'Delete a contact without account',
    description: 'The people of an organization stay. Whoever has an account, or had one, is erased instead.',
    answer: { status: 204 },
    refusals: ['in_use'],
    handle: ({ deps, caller, org, id }) => removeContact(deps, caller, org, id),
  }),
  route({
    ...{ method: 'get', path: '/organizations/{org}/sources', tag, scope: 'sources:read' },
    summary: 'List sources',
    query: paging,
    answer: pageAnswer(source),
    handle: ({ deps, caller, org, query }) => listSources(deps, caller, org, query),
  }),
  route({
    ...{ method: 'patch', path: '/organizations/{org}/sources/{id}', tag, scope: 'sources:write' },
    summary: 'Set from when on the runs of a source stop and ask',
    description:
      'A run that deactivates, or changes, more accounts than both the share and the number is not saved at once.',
    body: sourceChangeForm,
    answer: { status: 200, schema: source },
    handle: ({ deps, caller, org, id, body }) => changeSource(deps, caller, org, id, body),
  }),
];
