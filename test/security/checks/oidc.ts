import { row, type CheckOut } from '../check-out';

const OIDC = ['oidc-corpus', 'oidc-refusals', 'oidc-authentication'].map((name) => `test/conformance/${name}.test.ts`);

/** A member of a list of OpenID Connect rules. */
const oidcRule = (list: 'callback' | 'id-token', name: string): CheckOut => ({
  requirement: 15,
  check: `OpenID Connect ${list} rule ${name}`,
  file: `src/connections/oidc/checks/${list}.ts`,
  take: `  ${name},\n`,
  tests: OIDC,
});

const linkObstacle = (requirement: number, name: string): CheckOut => ({
  requirement,
  check: `linking obstacle ${name}`,
  file: 'src/domain/decide-linking.ts',
  take: row(name),
  tests: ['test/domain/decide-linking.test.ts', 'test/flows/takeover.test.ts'],
});

/** OpenID Connect, and which addresses link: requirements 15 and 16. */
export const OIDC_CHECKS: readonly CheckOut[] = [
  oidcRule('callback', 'callbackMethod'),
  oidcRule('callback', 'singleValuedParameters'),
  oidcRule('callback', 'state'),
  oidcRule('callback', 'responseIssuer'),
  oidcRule('id-token', 'audience'),
  oidcRule('id-token', 'authorizedParty'),
  oidcRule('id-token', 'issuedAt'),
  oidcRule('id-token', 'expiry'),
  oidcRule('id-token', 'authenticationContext'),
  oidcRule('id-token', 'forceAuthn'),
  oidcRule('id-token', 'subject'),
  {
    requirement: 15,
    check: 'the signature of an ID token is always verified',
    file: 'src/connections/oidc/client.ts',
    take: '  enableNonRepudiationChecks(config);\n',
    tests: OIDC,
  },
  linkObstacle(16, 'unverified_email'),
];
