import { row, type CheckOut } from './check-out';

const SAML = 'src/connections/saml';
const INVALID = ['test/conformance/saml-invalid.test.ts'];
const LOGOUT = ['test/conformance/saml-logout.test.ts'];
const ATTEMPTS = ['test/flows/attempts.test.ts'];

/** A row of the tables in which a Response is judged. */
const samlRule = (requirement: number, name: string): CheckOut => ({
  requirement,
  check: `SAML rule ${name}`,
  file: `${SAML}/checks/index.ts`,
  take: row(name),
  tests: INVALID,
});

/** A row of the tables in which a logout message is judged. */
const logoutRule = (name: string): CheckOut => ({
  requirement: 13,
  check: `SAML logout rule ${name}`,
  file: `${SAML}/checks/logout.ts`,
  take: row(name),
  tests: LOGOUT,
});

const guard = (check: string, take: string, leave: string): CheckOut => ({
  requirement: 4,
  check: `SAML guard ${check}`,
  file: `${SAML}/guard.ts`,
  take,
  leave,
  tests: INVALID,
});

const attemptRule = (requirement: number, name: string): CheckOut => ({
  requirement,
  check: `attempt rule ${name}`,
  file: 'src/sign-in/attempt-checks.ts',
  take: row(name),
  tests: ATTEMPTS,
});

/** Every check that a requirement rests on, in the order of the requirements. */
export const CHECKS: readonly CheckOut[] = [
  samlRule(1, 'signed'),
  {
    requirement: 1,
    check: 'SAML signature by a pinned certificate',
    file: `${SAML}/verifier.ts`,
    take: 'signed.checkSignature(xml) ? signed.getSignedReferences() : []',
    leave: '(signed.checkSignature(xml), [xml])',
    tests: ['test/conformance/saml-invalid.test.ts', 'test/conformance/saml-verifier.test.ts'],
  },
  samlRule(2, 'namespaces'),
  samlRule(2, 'single_assertion'),
  samlRule(2, 'signature_placement'),
  samlRule(2, 'signature_structure'),
  samlRule(2, 'unique_ids'),
  samlRule(3, 'algorithms'),
  samlRule(3, 'encryption'),
  guard('parameter', "const isOne = typeof parameter === 'string' && parameter !== ''", 'const isOne = true'),
  guard('base64', "const isStrict = bytes.toString('base64') === base64;", 'const isStrict = true;'),
  guard('utf8', "if (!looks.passes('utf8', isUtf8(bytes), 'UTF-8', 'other bytes')) return undefined;", ''),
  guard('xml_guard', 'const fault = scanXml(xml, MESSAGE_LIMITS);', 'const fault = undefined;'),
  samlRule(5, 'destination'),
  samlRule(5, 'recipient'),
  samlRule(6, 'root'),
  samlRule(6, 'status'),
  samlRule(6, 'response_version'),
  samlRule(6, 'response_issuer'),
  samlRule(6, 'assertion_version'),
  samlRule(6, 'issuer'),
  samlRule(7, 'conditions'),
  samlRule(7, 'audience'),
  samlRule(7, 'bearer'),
  samlRule(7, 'in_response_to'),
  samlRule(7, 'confirmation_expired'),
  samlRule(8, 'session_not_on_or_after'),
  samlRule(8, 'response_issue_instant'),
  samlRule(8, 'issue_instant'),
  samlRule(8, 'not_before'),
  samlRule(8, 'not_on_or_after'),
  attemptRule(9, 'attempt_open'),
  attemptRule(9, 'attempt_in_time'),
  {
    requirement: 9,
    check: 'a refused reply leaves its attempt open',
    file: 'src/storage/attempts.ts',
    take: 'UPDATE sign_in_attempts SET refusal_code = $3,',
    leave: "UPDATE sign_in_attempts SET state = 'refused', refusal_code = $3,",
    tests: ATTEMPTS,
  },
  attemptRule(10, 'browser'),
  { ...logoutRule('signed by query'), take: "  ['signed',              querySigned],\n" },
  { ...logoutRule('signed by form'), take: "  ['signed',              logoutSigned],\n" },
  logoutRule('signature_algorithm'),
  logoutRule('issuer'),
  logoutRule('destination'),
  logoutRule('issue_instant'),
  logoutRule('not_on_or_after'),
  {
    requirement: 13,
    check: 'SAML logout bounded inflate',
    file: `${SAML}/logout/redirect-binding.ts`,
    take: 'inflateRawSync(bytes, { maxOutputLength: MAX_BYTES })',
    leave: 'inflateRawSync(bytes)',
    tests: LOGOUT,
  },
];
