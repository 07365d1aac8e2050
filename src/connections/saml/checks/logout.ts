import { signatureAlgorithms } from './algorithms';
import { logoutRoot, logoutSigned } from './logout-document';
import type { LogoutDocumentFacts, LogoutFacts, QueryFacts } from './logout-facts';
import {
  logoutDestination,
  logoutId,
  logoutInResponseTo,
  logoutIssueInstant,
  logoutIssuer,
  logoutNameId,
  logoutNotOnOrAfter,
  logoutVersion,
} from './logout-message';
import { queryAlgorithm, queryEncoding, queryParameters, querySigned } from './logout-query';
import type { RuleTable } from './rule';
import { signatureStructure } from './signature-structure';
import { uniqueIds } from './unique-ids';

/** HTTP-Redirect: what a query must look like before its signature is looked at. In turn. */
// prettier-ignore
export const QUERY_RULES: RuleTable<QueryFacts> = [
  ['parameters',          queryParameters],
  ['encoding',            queryEncoding],
  ['signed',              querySigned],
  ['signature_algorithm', queryAlgorithm],
];

/** HTTP-Redirect: what a verified query must hold. */
// prettier-ignore
export const QUERY_DOCUMENT_RULES: RuleTable<LogoutDocumentFacts> = [
  ['root',                logoutRoot],
];

/** HTTP-POST: what a document must look like before the verifier is asked. In turn: each relies on those above. */
// prettier-ignore
export const FORM_DOCUMENT_RULES: RuleTable<LogoutDocumentFacts> = [
  ['root',                logoutRoot],
  ['signed',              logoutSigned],
  ['signature_structure', signatureStructure],
  ['unique_ids',          uniqueIds],
  ['algorithms',          signatureAlgorithms],
];

/** What a verified message must say. All are looked at. */
// prettier-ignore
const MESSAGE_RULES: RuleTable<LogoutFacts> = [
  ['version',             logoutVersion],
  ['id',                  logoutId],
  ['issuer',              logoutIssuer],
  ['destination',         logoutDestination],
  ['issue_instant',       logoutIssueInstant],
];

/** By what it is. */
// prettier-ignore
export const LOGOUT_RULES = {
  request: [
    ...MESSAGE_RULES,
    ['not_on_or_after',   logoutNotOnOrAfter],
    ['name_id',           logoutNameId],
  ],
  response: [
    ...MESSAGE_RULES,
    ['in_response_to',    logoutInResponseTo],
  ],
} satisfies Record<'request' | 'response', RuleTable<LogoutFacts>>;
