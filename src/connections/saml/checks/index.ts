import { signatureAlgorithms } from './algorithms';
import { assertionId, assertionIssueInstant, assertionIssuer, assertionVersion } from './assertion';
import { authnContext } from './authn-context';
import { authnStatement, sessionNotOnOrAfter } from './authn-statement';
import { audience, conditions, notBefore, notOnOrAfter } from './conditions';
import { encryption } from './encryption';
import type { DocumentFacts, VerifiedFacts } from './facts';
import { forceAuthn } from './force-authn';
import { namespaces } from './namespaces';
import { destination, responseInResponseTo, responseIssueInstant, responseIssuer, responseVersion } from './response';
import { root } from './root';
import type { RuleTable } from './rule';
import { signaturePlacement } from './signature-placement';
import { signatureStructure } from './signature-structure';
import { signed } from './signed';
import { singleAssertion } from './single-assertion';
import { status } from './status';
import { subject, subjectStable } from './subject';
import {
  bearer,
  confirmationInResponseTo,
  confirmationNotBefore,
  confirmationNotOnOrAfter,
  recipient,
} from './subject-confirmation';
import { uniqueIds } from './unique-ids';

export type { DocumentFacts, VerifiedFacts } from './facts';
export { SKEW } from './clock';
export { checkAll, checkInTurn } from './rule';

/** What a document must look like before the verifier is asked. In turn: each relies on those above. */
// prettier-ignore
export const DOCUMENT_RULES: RuleTable<DocumentFacts> = [
  ['namespaces',          namespaces],
  ['root',                root],
  ['status',              status],
  ['single_assertion',    singleAssertion],
  ['signature_placement', signaturePlacement],
  ['signature_structure', signatureStructure],
  ['unique_ids',          uniqueIds],
  ['algorithms',          signatureAlgorithms],
  ['encryption',          encryption],
  ['signed',              signed],
];

/** The same for what came out of an EncryptedAssertion. */
// prettier-ignore
export const DECRYPTED_RULES: RuleTable<DocumentFacts> = [
  ['decrypted_namespaces',          namespaces],
  ['decrypted_assertion',           singleAssertion],
  ['decrypted_signature_placement', signaturePlacement],
  ['decrypted_signature_structure', signatureStructure],
  ['decrypted_unique_ids',          uniqueIds],
  ['decrypted_algorithms',          signatureAlgorithms],
  ['decrypted_signed',              signed],
];

/** What a verified message must say. All are looked at. */
// prettier-ignore
export const MESSAGE_RULES: RuleTable<VerifiedFacts> = [
  ['response_version',         responseVersion],
  ['response_issuer',          responseIssuer],
  ['response_issue_instant',   responseIssueInstant],
  ['destination',              destination],
  ['response_in_response_to',  responseInResponseTo],
  ['assertion_id',             assertionId],
  ['assertion_version',        assertionVersion],
  ['issuer',                   assertionIssuer],
  ['issue_instant',            assertionIssueInstant],
  ['conditions',               conditions],
  ['not_before',               notBefore],
  ['not_on_or_after',          notOnOrAfter],
  ['audience',                 audience],
  ['bearer',                   bearer],
  ['recipient',                recipient],
  ['in_response_to',           confirmationInResponseTo],
  ['confirmation_not_before',  confirmationNotBefore],
  ['confirmation_expired',     confirmationNotOnOrAfter],
  ['authn_statement',          authnStatement],
  ['authn_context',            authnContext],
  ['force_authn',              forceAuthn],
  ['session_not_on_or_after',  sessionNotOnOrAfter],
  ['subject_stable',           subjectStable],
  ['subject',                  subject],
];
