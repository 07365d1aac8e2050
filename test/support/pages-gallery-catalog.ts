import type { PageModels } from '../../src/web/pages';
import { ago, inPortal, sample, type Sample } from './pages-sample';

const DAY = 24 * 60;
type Line = PageModels['portal/catalog']['contacts'][number];

const contact = (
  id: string,
  displayName: string | undefined,
  email: string | null,
  more: Partial<Line> = {},
): Line => ({
  ...{ id, kind: 'person', attributes: { displayName }, email, partOf: null, accountId: null, createdAt: ago(9 * DAY) },
  ...more,
});
const piper = contact('1', 'Pied Piper', 'office@piedpiper.example', { kind: 'organization' });
const partOf = { id: '1', name: 'Pied Piper' };

const list: PageModels['portal/catalog'] = {
  contacts: [
    piper,
    contact('2', 'Łukasz Nowak', 'lukasz.nowak@acme.example', { partOf, createdAt: ago(4) }),
    contact('3', 'María Suárez', null, { partOf }),
    contact('4', undefined, 'someone.with.a.very.long.address.indeed@donaudampfschifffahrt.example', {
      partOf: { id: '9', name: 'Donaudampfschifffahrtsgesellschaft für Verkehrsinfrastruktur' },
    }),
    contact('5', '李 明', 'li.ming@acme.example', { accountId: '5' }),
  ],
  sources: new Map([
    ['1', ['admin']],
    ['2', ['spreadsheet', 'ldap']],
    ['3', ['zendesk']],
  ]),
  ...{ filter: {}, showsAll: true, counts: { withoutAccount: 1284, all: 9120 } },
  ...{ sort: 'name', order: 'asc', nextCursor: 'x', previousCursor: 'y' },
  ...{ url: '/acme/admin/catalog', usersUrl: '/acme/admin/users', mayGive: true, mayChange: true },
};

const give: PageModels['portal/catalog-give'] = {
  ...{ count: 40, withoutEmail: 12, withAccount: 1, isAllowed: true, mayInvite: true, hidden: { all: 'on' } },
  choices: {
    groups: [
      { id: '1', name: 'Engineering' },
      { id: '2', name: 'Everyone' },
    ],
    ...{ permissionProfiles: [{ id: '1', name: 'Reader' }], licences: [{ id: '1', name: 'Full' }] },
  },
  ...{ startUrl: '/x', catalogUrl: '/acme/admin/catalog', newUsersUrl: '/y', settingsUrl: '/z' },
};

const progress: PageModels['portal/users-bulk-progress'] = {
  ...{ kind: 'give_account', state: 'done', counts: { total: 3, done: 1, refused: 2 }, createdAt: ago(1) },
  outcomes: [
    { accountId: '1', contactId: '2', name: 'Łukasz Nowak', email: 'lukasz@acme.example', outcome: 'ok', code: null },
    {
      accountId: null,
      contactId: '3',
      name: 'María Suárez',
      email: null,
      outcome: 'refused',
      code: 'missing_attribute',
    },
    { accountId: null, contactId: '4', name: null, email: null, outcome: 'refused', code: 'not_found' },
  ],
  ...{ nextCursor: null, url: '/acme/admin/catalog/bulk/1', usersUrl: '/acme/admin/users' },
  catalogUrl: '/acme/admin/catalog',
};

const urls = { url: '/acme/admin/catalog/1', catalogUrl: '/acme/admin/catalog', usersUrl: '/acme/admin/users' };
const sources = [
  { source: { kind: 'spreadsheet', name: 'File import' }, presence: 'present', updatedAt: ago(DAY) },
  { source: { kind: 'admin', name: 'Admin' }, presence: 'present', updatedAt: ago(DAY) },
];
const organization: PageModels['portal/contact'] = {
  contact: { ...piper, sources },
  people: { items: list.contacts.slice(1, 4), total: 120, nextCursor: 'x', previousCursor: null },
  ...{ ...urls, mayGive: true, mayChange: true },
};
const person = contact('2', 'Łukasz Nowak', 'lukasz.nowak@acme.example', {
  ...{ partOf, attributes: { displayName: 'Łukasz Nowak', givenName: 'Łukasz', department: 'Storage' } },
});
const form: PageModels['portal/contact-form'] = {
  ...{ kind: 'organization', values: { displayName: '', email: 'office' }, organizations: [] },
  errors: [
    { field: 'name', code: 'required' },
    { field: 'email', code: 'invalid_email' },
  ],
  catalogUrl: urls.catalogUrl,
};

const at = inPortal('/catalog');

/** Who is known, and how they are given accounts. */
export const catalogPages: readonly Sample[] = [
  sample('portal-catalog', 'portal/catalog', list, at),
  sample(
    'portal-catalog-empty',
    'portal/catalog',
    { ...list, contacts: [], counts: { withoutAccount: 0, all: 0 } },
    at,
  ),
  sample('portal-catalog-read-only', 'portal/catalog', { ...list, mayGive: false, mayChange: false }, at),
  sample('portal-catalog-give', 'portal/catalog-give', give, at),
  sample('portal-catalog-give-not-allowed', 'portal/catalog-give', { ...give, isAllowed: false }, at),
  sample('portal-catalog-give-nobody', 'portal/catalog-give', { ...give, count: 0 }, at),
  sample('portal-catalog-progress', 'portal/users-bulk-progress', progress, at),
  sample('portal-contact-organization', 'portal/contact', organization, at),
  sample(
    'portal-contact-organization-empty',
    'portal/contact',
    {
      ...{ ...organization, contact: { ...piper, sources, accountId: '1' } },
      people: { items: [], total: 0, nextCursor: null, previousCursor: null },
    },
    at,
  ),
  sample(
    'portal-contact-person',
    'portal/contact',
    { ...organization, contact: { ...person, sources }, people: undefined },
    at,
  ),
  sample('portal-contact-new', 'portal/contact-form', form, at),
  sample(
    'portal-contact-edit',
    'portal/contact-form',
    {
      ...{ kind: 'person', errors: [], organizations: [piper], contact: person, ...urls },
      values: { givenName: 'Łukasz', email: person.email ?? '', partOf: '1' },
    },
    at,
  ),
];
