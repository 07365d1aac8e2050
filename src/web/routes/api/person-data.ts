import { z } from 'zod';
import { erasePerson, erasureForm, exportPerson, listErasures } from '../../../management/person-data';
import { pageAnswer, paging } from './paging';
import { route } from './route';
import { id, instant } from './schemas';

const tag = 'Data requests';
const organization = '/organizations/{org}';
const stored = z.array(z.record(z.string(), z.unknown()));

const personData = z
  .strictObject({
    ...{ contact: stored, statements: stored, account: stored, groups: stored, identities: stored, password: stored },
    ...{ sessions: stored, applications: stored, linkRequests: stored, emailLinks: stored, mails: stored },
    ...{ signInAttempts: stored, imports: stored, ledger: stored },
  })
  .meta({ id: 'PersonData' });

const erasure = z
  .strictObject({ id, contactId: id, accountId: id.nullable(), erasedAt: instant })
  .meta({ id: 'Erasure' });

export const personDataRoutes = [
  route({
    ...{ method: 'get', path: `${organization}/contacts/{id}/data`, tag, scope: 'contacts:read' },
    summary: 'Everything stored about a person',
    also: ['accounts:read', 'audit-events:read'],
    description: 'Without secrets; the ledger says that it was read.',
    answer: { status: 200, schema: personData },
    handle: ({ deps, caller, org, id: contact }) => exportPerson(deps, caller, org, contact),
  }),
  route({
    ...{ method: 'post', path: `${organization}/erasures`, tag, scope: 'contacts:write' },
    summary: 'Erase a person',
    also: ['accounts:write'],
    description:
      'The account ends, its address and username are free, and everything personal goes; there is no way back. Ids stay. ' +
      'After a restore send every erasure again: who was erased stays erased.',
    body: erasureForm,
    answer: { status: 200, schema: erasure },
    handle: ({ deps, caller, org, body }) => erasePerson(deps, caller, org, body),
  }),
  route({
    ...{ method: 'get', path: `${organization}/erasures`, tag, scope: 'contacts:read' },
    summary: 'List erasures, oldest first',
    query: paging,
    answer: pageAnswer(erasure),
    handle: ({ deps, caller, org, query }) => listErasures(deps, caller, org, query),
  }),
];
