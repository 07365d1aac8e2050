/** The direction of the rooms, as docs/adr/0001 draws it. */
const room = (name) => `^src/${name}/`;
const only = (from, allowed, comment) => ({
  name: `${from}-imports-only-${allowed.join('-') || 'nothing'}`,
  comment,
  severity: 'error',
  from: { path: room(from) },
  to: { path: '^src/', pathNot: [room(from), ...allowed.map(room)] },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: { path: '^src' }, to: { circular: true } },
    only('domain', [], 'domain has no I/O and knows nobody'),
    {
      name: 'domain-packages',
      severity: 'error',
      from: { path: room('domain') },
      to: { dependencyTypes: ['npm', 'core'], pathNot: 'node_modules/(any-ascii|tldts)/' },
    },
    only('storage', ['domain'], 'storage knows the domain only'),
    only('outbound', ['domain'], 'the one HTTP client'),
    only('language', [], 'the languages that pages and letters are written in'),
    only('mail', ['storage', 'domain', 'language'], 'letters: written in a transaction, sent later'),
    only('provisioning', ['storage', 'domain'], 'the door'),
    only('connections', ['domain', 'outbound'], 'what a connection needs from storage is passed in'),
    only('sources', ['domain', 'outbound'], 'what a source needs from storage is passed in'),
    only(
      'sign-in',
      ['connections', 'sources', 'provisioning', 'storage', 'domain'],
      'sign-in chains connection and door',
    ),
    only(
      'jobs',
      ['management', 'bridge', 'sign-in', 'mail', 'connections', 'provisioning', 'storage', 'outbound', 'domain'],
      'what runs later',
    ),
    only(
      'management',
      ['credentials', 'mail', 'sign-in', 'connections', 'sources', 'provisioning', 'storage', 'outbound', 'domain'],
      'what an admin can do',
    ),
    {
      name: 'management-knows-stored-settings-only',
      comment: 'of signing in it needs the shape of what is stored',
      severity: 'error',
      from: { path: room('management') },
      to: { path: room('sign-in'), pathNot: '^src/sign-in/open-connection\\.ts$' },
    },
    only(
      'credentials',
      ['connections', 'provisioning', 'mail', 'storage', 'domain'],
      'passwords and the links by which people come to have one',
    ),
    {
      name: 'credentials-know-passwords-only',
      comment: 'of the connections they need none but the one without a provider',
      severity: 'error',
      from: { path: room('credentials') },
      to: { path: room('connections'), pathNot: '^src/connections/password/' },
    },
    only(
      'bridge',
      ['storage', 'domain'],
      'the OpenID provider for applications: accounts and their sessions, no sign-in',
    ),
    only(
      'self-service',
      ['sign-in', 'credentials', 'connections', 'sources', 'provisioning', 'mail', 'storage', 'domain'],
      'what people do for themselves',
    ),
    only(
      'web',
      [
        'self-service',
        'sign-in',
        'bridge',
        'language',
        'connections',
        'sources',
        'provisioning',
        'storage',
        'domain',
        'management',
      ],
      'pages and API hold no rules',
    ),
    {
      name: 'siblings-do-not-meet',
      comment: 'one protocol or source never imports another',
      severity: 'error',
      from: { path: '^src/(connections|sources)/([^/]+)/' },
      to: { path: '^src/$1/[^/]+/', pathNot: '^src/$1/$2/' },
    },
    {
      name: 'typeorm-only-in-storage',
      severity: 'error',
      from: { path: '^src/', pathNot: room('storage') },
      to: { path: 'node_modules/typeorm/' },
    },
    {
      name: 'express-only-in-web-and-app',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/web/', '^src/app\\.ts$', '^src/demo/'] },
      to: { path: 'node_modules/(express|express-session|passport)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
