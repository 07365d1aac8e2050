import type { PageModels } from '../../src/web/pages';
import { ago, inPortal, sample, type Sample } from './pages-sample';

type Staging = PageModels['portal/import-staging'];
type Row = Staging['rows'][number];
type Run = Staging['run'];

const URL = '/acme/admin/imports';
const url = `${URL}/1`;
const shown = { outcome: 'all', q: '', cursor: '' };

const run = (more: Partial<Run> = {}): Run => ({
  ...{ id: '1', name: 'staff-2026.xlsx', mode: 'accounts', namesEveryone: false, state: 'staged' },
  counts: { problem: 3, create: 361, update: 28, leave: 0, unchanged: 20, leftOut: 0 },
  columns: [
    { header: 'User name', means: 'displayName' },
    { header: 'Email', means: 'email' },
  ],
  ...{ sendInvitations: false, inviteAt: null, invitedAt: null, createdAt: ago(3), stagedAt: ago(2.98) },
  ...{ committedAt: null, undoAskedAt: null, undoneAt: null, progress: { done: 0, total: null }, failure: null },
  ...{ brake: { reasons: [], liveAccounts: 400 }, results: null },
  ...more,
});

const row = (line: number, displayName: string, email: string, more: Partial<Row> = {}): Row => ({
  ...{ line, outcome: 'unchanged', leftOut: false, edited: false, contactId: null, result: null, alsoIn: null },
  values: { displayName, email, userType: 'Standard', site: 'HQ', ...more.values },
  ...{ problems: [], changes: [], newGroups: [], unknownGroups: [], needs: [], kept: [] },
  ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'values')),
});
const problem = (field: string, code: string, suggestion?: string) => ({
  outcome: 'problem' as const,
  problems: [{ field, code, message: 'Also on line 203.', line: 203, ...(suggestion && { suggestion }) }],
});
const set = (field: string, before: string | null, after: string | null) => ({ field, before, after });
const granted = (username: string) => [set('username', null, username), set('userType', null, 'Standard')];

const rows: readonly Row[] = [
  row(14, 'Pat O’Leary', 'pat.oleary@acme', problem('email', 'invalid_email', 'pat.oleary@acme.example')),
  row(88, 'Anna Berg', 'anna.berg@acme.example', { ...problem('email', 'duplicate_line'), values: { site: 'Oslo' } }),
  row(301, 'Tomás Gil', 'tomas@acme.example', {
    ...problem('userType', 'invalid_user_type'),
    values: { userType: 'Superuser' },
  }),
  row(302, 'Ada', 'ada@acme.example', problem('phone', 'invalid_phone')),
  row(303, '李 明', 'li.ming@acme.example', problem('line', 'insufficient_scope')),
  row(15, 'María Suárez', 'maria.suarez@acme.example', {
    outcome: 'update',
    changes: [set('site', 'HQ', 'Madrid'), set('title', null, 'Controller')],
    kept: [{ field: 'displayName', value: 'Maria S', owner: 'scim' }],
  }),
  row(16, 'Ørjan Vik', 'orjan.vik@acme.example', {
    outcome: 'create',
    changes: [...granted('orjan.vik'), set('groups', null, 'Everyone'), set('licence', null, 'Full')],
    newGroups: ['Projekt Nordlys'],
    alsoIn: { importId: '2', name: 'contractors.csv', line: 7 },
  }),
  row(17, 'Jonas Dahl', '', { outcome: 'create', needs: ['email'] }),
  row(
    18,
    'Donaudampfschifffahrtsgesellschaft Kapitän',
    'someone.with.a.very.long.address@donaudampfschifffahrt.example',
  ),
  row(19, 'Left Behind', 'left@acme.example', { leftOut: true, outcome: 'create' }),
  row(413, 'Peter Gone', 'peter@acme.example', { outcome: 'leave', changes: [set('status', 'active', 'deactivated')] }),
];

const staging: Staging = {
  ...{ run: run(), rows, nextCursor: '120', url, shown, edit: null, mayChange: true },
  ...{ offersInvitations: true, errors: [], inviteAt: '' },
};
const braked = run({
  counts: { problem: 0, create: 3, update: 1, leave: 120, unchanged: 280, leftOut: 1 },
  brake: { reasons: ['leave'], liveAccounts: 402 },
  columns: [
    { header: 'User name', means: 'displayName' },
    { header: 'Kostenstelle', means: null },
    { header: 'Badge', means: null },
  ],
  sendInvitations: true,
});

const results = { created: 361, updated: 28, left: 0, unchanged: 20, waiting: 2, refused: 1, undone: 0, kept: 0 };
const saved = run({ state: 'committed', committedAt: ago(5), results, sendInvitations: true, inviteAt: ago(-600) });
const result = (
  what: NonNullable<Row['result']>['result'],
  more: Partial<NonNullable<Row['result']>> = {},
): object => ({
  result: { result: what, code: null, accountId: '1', undone: null, undoCode: null, ...more },
});
const done: readonly Row[] = [
  row(2, 'Łukasz Nowak', 'lukasz.nowak@acme.example', result('created')),
  row(3, 'María Suárez', 'maria.suarez@acme.example', result('updated')),
  row(4, 'Jonas Dahl', '', result('waiting', { accountId: null })),
  row(5, 'Pat O’Leary', 'pat@acme.example', result('refused', { accountId: null, code: 'licence_seats_exhausted' })),
  row(6, '李 明', 'li.ming@acme.example', result('created', { code: 'password_not_permitted' })),
];
const undone: readonly Row[] = [
  row(2, 'Łukasz Nowak', 'lukasz.nowak@acme.example', result('created', { undone: 'undone' })),
  row(3, 'María Suárez', 'maria@acme.example', result('updated', { undone: 'kept', undoCode: 'changed_since' })),
  row(4, 'Pat O’Leary', 'pat@acme.example', result('created', { undone: 'kept', undoCode: 'account_in_use' })),
];
const after: PageModels['portal/import-results'] = {
  ...{ run: saved, rows: done, nextCursor: '6', result: null, url, mayChange: true },
  ...{ usersUrl: '/acme/admin/users', newUsersUrl: '/acme/admin/new-users' },
};

const values = { mode: 'accounts', namesEveryone: '', sendInvitations: '', inviteAt: '' };
const form: PageModels['portal/import-new'] = { values, errors: [], offersInvitations: true, url: URL };
const waiting = { url, mayChange: true };
const watched = { since: ago(2).getTime(), from: 8_500 };
const failed = (code: string) => run({ state: 'failed', failure: { code, detail: 'The file is odd.' } });
const at = inPortal('/imports');

/** People from a file: the list, the form, the staging page and what comes after. */
export const importPages: readonly Sample[] = [
  sample(
    'portal-imports',
    'portal/imports',
    {
      imports: [
        run(),
        saved,
        run({ state: 'staging', name: 'contractors.csv', mode: 'catalog' }),
        failed('unknown_header'),
        run({ state: 'undone', results: { ...results, undone: 400, kept: 9 } }),
      ],
      ...{ nextCursor: '1', url: URL, mayChange: true },
    },
    at,
  ),
  sample('portal-imports-empty', 'portal/imports', { imports: [], nextCursor: null, url: URL, mayChange: true }, at),
  sample('portal-imports-new', 'portal/import-new', form, at),
  sample(
    'portal-imports-new-refused',
    'portal/import-new',
    {
      ...form,
      values: { ...values, mode: 'catalog', namesEveryone: 'on', sendInvitations: 'on', inviteAt: 'soon' },
      errors: [
        { field: 'file', code: 'file_encrypted' },
        { field: 'inviteAt', code: 'invalid_format' },
      ],
    },
    at,
  ),
  sample('portal-imports-staging', 'portal/import-staging', staging, at),
  sample(
    'portal-imports-staging-braked',
    'portal/import-staging',
    { ...staging, run: braked, rows: rows.slice(5), shown: { outcome: 'leave', q: 'e', cursor: '12' }, edit: 16 },
    at,
  ),
  sample(
    'portal-imports-staging-none',
    'portal/import-staging',
    { ...staging, rows: [], nextCursor: null, shown: { ...shown, q: 'zzz' } },
    at,
  ),
  sample('portal-imports-staging-read-only', 'portal/import-staging', { ...staging, mayChange: false }, at),
  sample(
    'portal-imports-row',
    'portal/import-row',
    { ...{ row: rows[0]!, url, shown, edit: 14, mayChange: true } },
    at,
  ),
  sample(
    'portal-imports-columns',
    'portal/import-columns',
    {
      columns: [
        { header: 'Mitarbeiter', samples: ['Pat O’Leary', '李 明'], means: 'displayName', own: '' },
        { header: 'Kostenstelle', samples: ['0042', '0043'], means: 'own', own: 'cost centre' },
        { header: 'Bemerkung', samples: [], means: '', own: '' },
      ],
      ...{ name: 'staff-2026.xlsx', url, errors: [{ field: 'Kostenstelle', code: 'invalid_value' }] },
    },
    at,
  ),
  sample(
    'portal-imports-progress',
    'portal/import-progress',
    { ...waiting, watched, run: run({ state: 'committing', progress: { done: 48_500, total: 100_000 } }) },
    at,
  ),
  sample(
    'portal-imports-progress-reading',
    'portal/import-progress',
    { ...waiting, watched, run: run({ state: 'staging', progress: { done: 48_500, total: null } }) },
    at,
  ),
  sample('portal-imports-failed', 'portal/import-failed', { ...waiting, run: failed('unknown_header') }, at),
  sample('portal-imports-failed-again', 'portal/import-failed', { ...waiting, run: failed('too_many_rows') }, at),
  sample('portal-imports-results', 'portal/import-results', after, at),
  sample(
    'portal-imports-results-undone',
    'portal/import-results',
    {
      ...after,
      rows: undone,
      run: run({
        state: 'undone',
        committedAt: ago(9),
        undoneAt: ago(1),
        results: { ...results, undone: 402, kept: 9 },
      }),
    },
    at,
  ),
  sample(
    'portal-imports-source',
    'portal/source',
    {
      values: {
        ...{ 'leave.on': 'on', 'leave.share': '10', 'leave.number': 'many' },
        ...{ 'update.on': '', 'update.share': '', 'update.number': '' },
      },
      ...{ name: 'Spreadsheets', errors: [{ field: 'brake.leave.number', code: 'invalid_type' }] },
      ...{ url: '/acme/admin/sources/1', mayChange: true },
    },
    inPortal('/sources'),
  ),
];
