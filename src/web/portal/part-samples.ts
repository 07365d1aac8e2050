/** What `/dev/parts` shows. Sample words: they stand in no catalogue. */
export interface PartsModel {
  title: string;
  text: string;
  sections: readonly { id: string; title: string; samples: readonly { part: string; props: object }[] }[];
}

type Section = PartsModel['sections'][number];
const section = (id: string, title: string, ...samples: readonly { part: string; props: object }[]): Section => ({
  ...{ id, title, samples },
});
const show = (part: string, props: object) => ({ part, props });

const buttons = [
  { label: 'Save', kind: 'primary' },
  { label: 'Send link', icon: 'send' },
  { label: 'Cancel', kind: 'quiet' },
  { label: 'Delete', danger: true },
  { label: 'Next', compact: true, iconAfter: 'chevron-right' },
  { label: 'Continue with Okta', kind: 'primary', wide: true },
];

const badges = [
  { text: 'Active', tone: 'good' },
  { text: 'Invited', tone: 'warn' },
  { text: 'Suspended', tone: 'bad' },
  { text: 'Draft' },
  { text: 'SAML', tone: 'plain' },
];

const people = {
  label: 'People',
  columns: [
    { label: 'Person', sortUrl: '?sort=name', sorted: 'ascending' },
    { label: 'Came in by', optional: true },
    { label: 'State' },
    { label: 'Last sign-in', numeric: true, optional: true, sortUrl: '?sort=lastSignInAt' },
  ],
  rows: [
    ['Łukasz Nowak', 'lukasz.nowak@acme.example', 'Just in time', { text: 'Active', tone: 'good' }, '4 minutes ago'],
    ["Pat O'Leary", 'pat@acme.example', 'File import', { text: 'Invited', tone: 'warn' }, ''],
    ['李 明', 'li.ming@acme.example', 'Admin', { text: 'Suspended', tone: 'bad' }, '12 Nov'],
  ].map(([name, email, source, badge, seen], index) => ({
    ...{ id: String(index), name, selected: index === 1, problem: index === 2 },
    cells: [{ text: name, sub: email, url: '#', avatar: name }, { text: source }, { badge }, { text: seen }],
  })),
  selection: { name: 'ids', form: 'selected' },
  empty: { icon: 'users', title: 'Nobody here' },
};

const nobody = {
  label: 'Nobody',
  columns: [],
  rows: [],
  empty: {
    icon: 'users',
    title: 'Nobody yet',
    text: 'People come to exist here when they first sign in, or when you create them.',
    actions: [{ label: 'New user', kind: 'primary', icon: 'plus', href: '#' }],
  },
};

const bars = {
  title: 'Sign-ins per day',
  legend: [
    { label: 'Signed in', tone: 'good' },
    { label: 'Refused', tone: 'bad' },
  ],
  bars: {
    ...{ width: 140, height: 60, from: '15 Nov', to: '28 Nov' },
    parts: [12, 30, 25, 40, 8, 3, 28, 33, 41, 45, 30, 9, 4, 38].flatMap((count, day) => [
      { tone: 'good', x: day * 10 + 1, y: 60 - count, width: 8, height: count },
      { tone: 'bad', x: day * 10 + 1, y: 58 - count - (day % 4), width: 8, height: (day % 4) + 1 },
    ]),
  },
  table: { label: 'Sign-ins per day', columns: [{ label: 'Day' }], rows: [{ id: '1', cells: [{ text: '15 Nov' }] }] },
};

/** Every part of the pages, in every state it has. */
export const PART_SAMPLES: PartsModel = {
  title: 'Parts',
  text: 'Every part of the pages in every state. Each is written once, in views/parts.',
  sections: [
    section('buttons', 'Button', ...buttons.map((props) => show('button', props))),
    section('badges', 'Badge', ...badges.map((props) => show('badge', props))),
    section(
      'banners',
      'Banner and toast',
      ...['good', 'info', 'warn', 'bad'].map((tone) =>
        show('banner', { tone, title: 'A title', text: 'What happened.' }),
      ),
      show('error-summary', {
        title: 'One thing needs another look',
        errors: [{ field: 'x2', text: 'Name: nothing.' }],
      }),
    ),
    section(
      'fields',
      'Field, select, text area',
      show('field', { name: 'x1', label: 'Name', value: 'Acme', help: 'As people know it.' }),
      show('field', { name: 'x2', label: 'Name', value: '', error: 'Please fill this in.' }),
      show('select', {
        name: 'x3',
        label: 'User type',
        value: 'b',
        options: ['a', 'b'].map((value) => ({ value, label: value })),
      }),
      show('select', {
        name: 'x4',
        label: 'Licence',
        options: [{ value: '', label: 'None' }],
        error: 'No seat is free.',
      }),
      show('textarea', { name: 'x5', label: 'Description', value: 'Everybody in Kraków', help: 'For admins.' }),
    ),
    section(
      'choices',
      'Checkbox, switch, radio card',
      show('checkbox', { name: 'x6', label: 'Send a link', checked: true, help: 'It counts for 48 hours.' }),
      show('checkbox', { name: 'x7', label: 'Admin-managed', asSwitch: true }),
      show('checkbox', { name: 'x8', label: 'Admin-managed', asSwitch: true, checked: true }),
      show('radio-cards', {
        ...{ name: 'x9', legend: 'How they come in', value: 'link' },
        options: [
          { value: 'link', label: 'Mail a link', text: 'They choose a password themselves.' },
          { value: 'password', label: 'Set a password', text: 'You hand it over.' },
        ],
      }),
      show('file-drop', { name: 'x10', label: 'Drop a file here, or select one', help: 'CSV or XLSX, at most 10 MB.' }),
    ),
    section(
      'values',
      'Copy field, code, key-value list, diff',
      show('copy', { id: 'x11', label: 'Entity ID', value: 'https://login.example.com/acme/sso/1/metadata' }),
      show('code', {
        id: 'x12',
        label: 'Express',
        code: "app.use(auth({ issuerBaseURL: 'https://login.example.com/oidc' }))",
      }),
      show('facts', {
        items: [{ label: 'E-mail', value: 'dana@acme.example', badge: { tone: 'good', text: 'Verified' } }],
      }),
    ),
    section(
      'lists',
      'Table, search, chips, paging',
      show('search', {
        ...{ action: '#', label: 'Search users', placeholder: 'Name, e-mail, username' },
        filters: [{ name: 'source', label: 'Source', options: [{ value: '', label: 'Source: any' }] }],
      }),
      show('chips', {
        label: 'State',
        chips: [
          { label: 'All', count: '1,284', url: '#', current: true },
          { label: 'Invited', count: '51', url: '#' },
        ],
      }),
      show('table', people),
      show('pager', { text: '1–50 of 1,284', previousUrl: '#', nextUrl: '#' }),
      show('table', nobody),
    ),
    section(
      'ways',
      'Tabs, stepper, progress, time line',
      show('tabs', {
        label: 'Settings',
        tabs: [
          { label: 'Policy', url: '#', current: true },
          { label: 'Branding', url: '#' },
        ],
      }),
      show('stepper', {
        label: 'Steps',
        steps: [{ label: 'Name', done: true }, { label: 'Sign-in', current: true }, { label: 'Admin' }],
      }),
      show('progress', { label: 'Suspending', value: 312, max: 1284, text: '312 of 1,284, about a minute left' }),
      show('timeline', {
        items: [
          { title: 'Signed in', when: '4 minutes ago', icon: 'check', tone: 'good' },
          {
            ...{ title: 'Changed by Dana Weber', when: 'yesterday', icon: 'pencil' },
            changes: [{ label: 'Department', before: 'Sales', after: 'Engineering' }],
          },
          { title: 'Refused', text: 'No seat of the licence was free.', icon: 'ban', tone: 'bad' },
        ],
      }),
    ),
    section('charts', 'Chart', show('bars', bars)),
  ],
};
