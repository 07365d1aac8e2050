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
      ...{
        source: 'spreadsheet',
        groups: ['Everyone'],
        licence: null,
        status: 'invited',
        lastSignInAt: null,
        link: 'sent',
      },
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

const okta = { id: '1', kind: 'scim', name: 'Okta directory' } as const;
const byHand = { id: '2', kind: 'admin', name: 'Admin' } as const;
const head: PageModels['portal/user'] = {
  account: {
    ...{ id: '1', displayName: 'Łukasz Nowak', username: 'lukasz.nowak', email: 'lukasz.nowak@acme.example' },
    ...{ status: 'active', source: 'scim', adminManaged: false, accessUntil: ago(-90 * DAY) },
    ...{ createdAt: ago(9 * DAY), lastSignInAt: ago(4) },
  },
  ...{ tab: 'profile', url: '/acme/admin/users/1', usersUrl: '/acme/admin/users', mayChange: true },
};
const said = { because: 'source', source: okta, saidAt: ago(DAY), others: [] } as const;
const profile: PageModels['portal/user']['profile'] = {
  attributes: [
    { field: 'givenName', value: 'Łukasz', ...said },
    {
      ...{ field: 'department', value: 'Engineering', ...said },
      others: [{ source: byHand, value: 'Entwicklungsabteilung Verkehrsinfrastruktur', saidAt: ago(20 * DAY) }],
    },
    { field: 'displayName', value: 'Łukasz Nowak', because: 'composed', source: null, saidAt: null, others: [] },
    { field: 'attributes.costCentre', value: null, ...said },
  ],
  access: [{ field: 'userType', value: 'Standard', because: 'default', source: null, saidAt: null, others: [] }],
  groups: [{ id: '1', name: 'Engineering', because: [{ why: 'source', source: okta, since: ago(9 * DAY) }] }],
};
type SignIn = NonNullable<PageModels['portal/user']['signIn']>;
const link = (state: SignIn['links'][number]['state'], more: Partial<SignIn['links'][number]> = {}) => ({
  ...{ id: '1', purpose: 'set_password' as const, accountId: '1', email: 'lukasz.nowak@acme.example', state },
  ...{ createdAt: ago(DAY), expiresAt: ago(-DAY), sentAt: ago(DAY), openedAt: null, usedAt: null },
  ...{ replacedAt: null, revokedAt: null, failedAt: null, failure: null },
  ...more,
});
const signIn: SignIn = {
  identities: [
    {
      ...{ connectionId: '1', connectionName: 'Okta', issuer: 'https://acme.okta.example/app/exk1', subject: '00u1x' },
      lastUsedAt: ago(4),
    },
  ],
  sessions: [
    {
      ...{ id: '1', connectionId: '1', amr: [], acr: null, userAgent: 'Mozilla/5.0 (Windows NT 10.0) Firefox/143.0' },
      ...{ authenticatedAt: ago(90), createdAt: ago(90), lastSeenAt: ago(4), expiresAt: ago(-600) },
    },
  ],
  links: [
    link('opened', { openedAt: ago(60) }),
    link('failed', { failure: { status: 550, response: 'No such user' } }),
  ],
  foreseen: [
    { connection: { id: '1', name: 'Okta', kind: 'saml', state: 'active' }, outcome: 'sign_in', reason: '' },
    {
      connection: { id: '2', name: 'Entra ID', kind: 'oidc', state: 'pilot' },
      ...{ outcome: 'refuse', code: 'identity_not_permitted', reason: '' },
    },
  ],
};
type Line = NonNullable<PageModels['portal/user']['history']>['items'][number];
const line = (action: string, more: Partial<Line> = {}): Line => ({
  ...{
    id: '1',
    at: ago(60),
    actor: { kind: 'account', id: '9' },
    action,
    outcome: null,
    contactId: '1',
    accountId: '1',
  },
  ...{ connectionId: null, sourceId: null, attemptId: null, resource: null, requestId: null },
  ...{ fields: [], details: {}, changes: [] },
  ...more,
});

const waiting: PageModels['portal/new-users'] = {
  people: [
    { id: '1', values: { givenName: 'Ada', familyName: 'Lovelace', email: '' }, createdAt: ago(DAY) },
    { id: '2', values: { givenName: '', familyName: '', email: 'someone@acme.example' }, createdAt: ago(3 * DAY) },
    { id: '3', values: { givenName: 'Pat', familyName: 'O’Leary', email: 'pat@acme.example' }, createdAt: ago(5) },
  ],
  ...{ total: 3, nextCursor: 'x', previousCursor: null, mayChange: true },
  refused: { id: '1', errors: [{ field: 'email', code: 'required' }] },
  ...{ url: '/acme/admin/new-users', usersUrl: '/acme/admin/users' },
};

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
  sample('portal-user', 'portal/user', { ...head, profile }, inPortal('/users/1')),
  sample('portal-user-sign-in', 'portal/user', { ...head, tab: 'sign-in', signIn }, inPortal('/users/1')),
  sample(
    'portal-user-history',
    'portal/user',
    {
      ...{ ...head, tab: 'history' },
      history: {
        nextCursor: '1',
        items: [
          line('account.status_changed', { fields: ['status'], details: { before: 'active', after: 'suspended' } }),
          line('person.changed', { changes: [{ field: 'department', before: null, after: 'Engineering' }] }),
          line('signin.refused', { outcome: 'account_suspended', actor: { kind: 'person' } }),
        ],
      },
    },
    inPortal('/users/1'),
  ),
  sample(
    'portal-user-edit',
    'portal/user-edit',
    {
      ...{ name: 'Ada Lovelace', values, was: values, choices, errors: [{ field: 'email', code: 'email_taken' }] },
      provenance: { ...profile, attributes: [{ field: 'givenName', value: 'Ada', ...said }] },
      conflicts: [
        { field: 'department', before: 'Storage', after: 'Basement', typed: 'Attic' },
        { field: 'groups', before: '', after: '1', typed: '1' },
      ],
      ...{ action: '/x', userUrl: '/acme/admin/users/1', usersUrl: '/acme/admin/users' },
    },
    inPortal('/users/1/edit'),
  ),
  sample(
    'portal-user-merge',
    'portal/user-merge',
    {
      ...{ name: 'Ada Lovelace', q: 'ada', action: '/acme/admin/users/1/merge', userUrl: '/acme/admin/users/1' },
      others: [{ id: '2', name: 'Ada King', email: 'ada.king@acme.example', status: 'active' }],
    },
    inPortal('/users/1/merge'),
  ),
  sample(
    'portal-user-password',
    'portal/user-password',
    { name: 'Łukasz Nowak', errors: [{ field: 'password', code: 'too_short' }], action: '/x', userUrl: '/y' },
    inPortal('/users/1'),
  ),
  sample('portal-waiting', 'portal/new-users', waiting, inPortal('/new-users')),
  sample('portal-waiting-none', 'portal/new-users', { ...waiting, people: [], total: 0 }, inPortal('/new-users')),
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
