import type { PageModels } from '../../src/web/pages';
import { ago, inPortal, sample, type Sample } from './pages-sample';

const DAY = 24 * 60;
type UserLine = PageModels['portal/users']['users'][number];

const user = (id: string, displayName: string | null, email: string, more: Partial<UserLine> = {}): UserLine => ({
  ...{ id, displayName, email, source: 'jit', groups: ['Engineering'], licence: 'Full', status: 'active' },
  ...{ createdAt: ago(9 * DAY), lastSignInAt: ago(4) },
  ...more,
});

const list: PageModels['portal/users'] = {
  users: [
    user('1', 'Łukasz Nowak', 'lukasz.nowak@acme.example', { groups: ['Engineering', 'Admins'] }),
    user('2', 'María Suárez', 'maria.suarez@acme.example', { source: 'scim', lastSignInAt: ago(DAY) }),
    user('3', 'Pat O’Leary', 'pat@acme.example', {
      ...{ source: 'spreadsheet', groups: ['Everyone'], licence: null, status: 'invited', lastSignInAt: null },
    }),
    user('4', '李 明', 'li.ming@acme.example', { source: 'admin' }),
    user('5', 'Jonas Dahl', 'jonas.dahl@acme.example', { source: 'ldap', licence: 'Reader', status: 'suspended' }),
    user('6', null, 'someone.with.a.very.long.address.indeed@donaudampfschifffahrt.example', { groups: [] }),
  ],
  filter: {},
  ...{ sort: 'name', order: 'asc', nextCursor: 'x', previousCursor: 'y' },
  counts: { active: 1201, invited: 51, suspended: 9, deactivated: 23 },
  groups: [{ id: '1', name: 'Engineering' }],
  ...{ url: '/acme/admin/users', mayChange: true },
};

const ask: PageModels['portal/users-bulk'] = {
  ...{ kind: 'suspend', count: 1284, hidden: { all: 'on' }, errors: [] },
  ...{ startUrl: '/x', usersUrl: '/acme/admin/users' },
};

const progress: PageModels['portal/users-bulk-progress'] = {
  ...{ kind: 'suspend', state: 'running', counts: { total: 1284, done: 640, refused: 2 }, createdAt: ago(1) },
  outcomes: [
    { accountId: '1', name: 'Łukasz Nowak', email: 'lukasz.nowak@acme.example', outcome: 'ok', code: null },
    { accountId: '2', name: null, email: null, outcome: 'refused', code: 'not_found' },
    { accountId: '3', name: null, email: 'pat@acme.example', outcome: 'refused', code: 'invalid_state_change' },
    { accountId: '4', name: '李 明', email: 'li.ming@acme.example', outcome: 'waiting', code: null },
  ],
  ...{ nextCursor: '4', url: '/acme/admin/users/bulk/1', usersUrl: '/acme/admin/users' },
};

const values = { givenName: 'Ada', familyName: '', email: 'ada@acme.example', adminManaged: '' };
const choices = {
  groups: [{ id: '1', name: 'Engineering' }],
  permissionProfiles: [{ id: '1', name: 'Reader' }],
  licences: [{ id: '1', name: 'Full' }],
};
const newUser = { values, choices, action: '/x', usersUrl: '/acme/admin/users' };

/** The list of users, and what is done to many of them. */
export const usersPages: readonly Sample[] = [
  sample('portal-users', 'portal/users', list, inPortal('/users')),
  sample(
    'portal-users-nobody-fits',
    'portal/users',
    { ...list, users: [], filter: { q: 'zzz' }, nextCursor: null },
    inPortal('/users'),
  ),
  sample('portal-users-empty', 'portal/users', { ...list, users: [], counts: {} }, inPortal('/users')),
  sample('portal-users-read-only', 'portal/users', { ...list, mayChange: false }, inPortal('/users')),
  sample('portal-users-bulk', 'portal/users-bulk', ask, inPortal('/users')),
  sample(
    'portal-users-bulk-value',
    'portal/users-bulk',
    {
      ...{
        ...ask,
        kind: 'set_licence',
        options: [
          { id: '1', name: 'Full' },
          { id: null, name: '' },
        ],
      },
      errors: [{ field: 'value', code: 'required' }],
    },
    inPortal('/users'),
  ),
  sample('portal-users-bulk-nobody', 'portal/users-bulk', { ...ask, count: 0 }, inPortal('/users')),
  sample('portal-users-bulk-progress', 'portal/users-bulk-progress', progress, inPortal('/users')),
  sample('portal-user-new', 'portal/user-new', { ...newUser, errors: [], isComplete: true }, inPortal('/users/new')),
  sample(
    'portal-user-new-problems',
    'portal/user-new',
    {
      ...{ ...newUser, isComplete: false },
      errors: [
        { field: 'familyName', code: 'required' },
        { field: 'groups', code: 'invalid' },
      ],
    },
    inPortal('/users/new'),
  ),
  sample(
    'portal-user-new-credential',
    'portal/user-new-credential',
    { ...newUser, username: 'ada', way: 'link', errors: [{ field: 'password', code: 'weak_password' }] },
    inPortal('/users/new'),
  ),
];
