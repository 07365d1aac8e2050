import { row, type CheckOut } from '../check-out';

const ATTEMPTS = ['test/flows/attempts.test.ts'];

const linkObstacle = (requirement: number, name: string): CheckOut => ({
  requirement,
  check: `linking obstacle ${name}`,
  file: 'src/domain/decide-linking.ts',
  take: row(name),
  tests: ['test/domain/decide-linking.test.ts', 'test/flows/takeover.test.ts'],
});

const proofCondition = (name: string): CheckOut => ({
  requirement: 17,
  check: `proof condition ${name}`,
  file: 'src/self-service/proof-conditions.ts',
  take: row(name),
  tests: ['test/flows/link-proof.test.ts'],
});

const subjectRule = (name: string): CheckOut => ({
  requirement: 17,
  check: `SAML rule ${name}`,
  file: 'src/connections/saml/checks/index.ts',
  take: row(name),
  tests: ['test/conformance/saml-invalid.test.ts'],
});

/** Accounts, links and passwords: requirements 17 to 21. */
export const ACCOUNT_CHECKS: readonly CheckOut[] = [
  subjectRule('subject_stable'),
  subjectRule('subject'),
  linkObstacle(17, 'has_other_identity'),
  linkObstacle(17, 'address_of_another_account'),
  linkObstacle(17, 'policy'),
  proofCondition('request_open'),
  proofCondition('within_the_hour'),
  proofCondition('own_account'),
  proofCondition('same_browser'),
  proofCondition('signed_in_since'),
  proofCondition('password_permitted'),
  proofCondition('not_admin_managed'),
  proofCondition('identity_free'),
  {
    requirement: 18,
    check: 'look-alike scripts are not mixed',
    file: 'src/domain/email-address.ts',
    take: ' && !mixesScripts(local)',
    tests: ['test/domain/email-address.test.ts'],
  },
  {
    requirement: 19,
    check: 'an e-mail link counts 48 hours and once',
    file: 'src/storage/email-links.ts',
    take: 'expires_at > $3\n        AND used_at IS NULL AND replaced_at IS NULL AND revoked_at IS NULL RETURNING id',
    leave: 'true OR expires_at > $3 RETURNING id',
    tests: ['test/flows/links.test.ts'],
  },
  {
    requirement: 20,
    check: 'failures of one account in one place',
    file: 'src/sign-in/password-throttle.ts',
    take: '      if (tries > MOST.failuresHere) return undefined;\n',
    tests: ['test/flows/throttle.test.ts'],
  },
  {
    requirement: 20,
    check: 'successes make room',
    file: 'src/sign-in/password-throttle.ts',
    take: 'if (times === 1) await network.add',
    leave: 'if (times === 0) await network.add',
    tests: ['test/flows/throttle.test.ts', 'test/flows/crowd.test.ts'],
  },
  {
    requirement: 20,
    check: 'an unknown account takes as long',
    file: 'src/connections/password/hash.ts',
    take: 'verify(stored ?? nothing, ',
    leave: 'stored !== undefined && verify(stored, ',
    tests: ['test/flows/password-hash.test.ts'],
  },
  {
    requirement: 21,
    check: 'where a browser goes on is a local path',
    file: 'src/web/local-path.ts',
    take: "if (url?.origin !== base || url.pathname.startsWith('//')) return undefined;",
    leave: 'if (url?.origin !== base) return undefined;',
    tests: ATTEMPTS,
  },
];
