const esmOnly =
  'any-ascii|openid-client|oauth4webapi|jose|oidc-provider|uuid|fast-xml-parser|fast-check|pure-rand|eta|nanoid|quick-lru|koa|i18next-http-middleware|@noble/[^/]+|@otplib/[^/]+|@scure/[^/]+|qr';

const compile = (syntax) => [
  '@swc/jest',
  { swcrc: false, configFile: false, module: { type: 'commonjs' }, jsc: { target: 'es2022', parser: { syntax } } },
];

/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  testTimeout: 30_000,
  // Tests wait for databases, browsers and other processes more than they compute: one worker for each core.
  maxWorkers: '100%',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFiles: ['<rootDir>/test/support/quiet.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/support/once-more.ts'],
  transform: { '^.+\\.ts$': compile('typescript'), '^.+\\.m?js$': compile('ecmascript') },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
