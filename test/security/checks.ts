import { row, type CheckOut } from './check-out';

const SAML_RULES = 'src/connections/saml/checks/index.ts';
const SAML = ['test/conformance/saml-invalid.test.ts'];

const samlRule = (requirement: number, name: string): CheckOut => ({
  requirement,
  check: `SAML rule ${name}`,
  file: SAML_RULES,
  take: row(name),
  tests: SAML,
});

/** Every check that a requirement rests on, in the order of the requirements. */
export const CHECKS: readonly CheckOut[] = [
  samlRule(2, 'single_assertion'),
  samlRule(2, 'signature_placement'),
  samlRule(2, 'signature_structure'),
  samlRule(2, 'unique_ids'),
  samlRule(3, 'algorithms'),
  samlRule(3, 'encryption'),
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
];
