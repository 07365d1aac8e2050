/** What mostly stands behind a check that fails: `portal.signIns.cause.{name}` says why, and where to mend it. */
export type Cause =
  | 'shape'
  | 'signature'
  | 'encryption'
  | 'audience'
  | 'address'
  | 'clock'
  | 'issuer'
  | 'solicited'
  | 'again'
  | 'browser'
  | 'provider'
  | 'subject'
  | 'strength'
  | 'reach'
  | 'message'
  | 'door'
  | 'linking'
  | 'password';

/** Every check that a sign-in goes through. Its words: `portal.signIns.rule.{name}`. */
const RULES_BY_CAUSE: Readonly<Record<Cause, string>> = {
  shape:
    'binding parameter size base64 utf8 xml_guard well_formed namespaces root single_assertion unique_ids ' +
    'decrypted_xml decrypted_namespaces decrypted_assertion decrypted_unique_ids callback_method single_valued_parameters',
  signature:
    'signature signed signature_placement signature_structure algorithms algorithm signing_certificate pinned_certificates ' +
    'decrypted_signature_placement decrypted_signature_structure decrypted_algorithms decrypted_signed signature_key jwks',
  encryption: 'encryption decryption',
  audience: 'audience authorized_party',
  address: 'destination recipient',
  clock:
    'response_issue_instant issue_instant not_before not_on_or_after confirmation_not_before confirmation_expired ' +
    'session_not_on_or_after issued_at issued_recently expiry',
  issuer: 'response_issuer issuer issuer_mismatch invalid_issuer',
  solicited: 'response_in_response_to in_response_to solicited state nonce no_nonce',
  again: 'attempt_open attempt_in_time replayed held_reply',
  browser: 'browser',
  provider: 'status authorization_response authorization_code bad_status',
  subject: 'subject subject_stable subject_from name_id userinfo_subject',
  strength: 'authn_statement authn_context force_authn acr',
  reach: 'discovery token_endpoint userinfo invalid_metadata',
  message:
    'response_version assertion_id assertion_version conditions bearer id_token token_id token_type version id parameters encoding',
  door: 'door account',
  linking: 'linking',
  password: 'password password_permitted second_factor rate_limit',
};

const CAUSES = new Map(
  (Object.entries(RULES_BY_CAUSE) as [Cause, string][]).flatMap(([cause, rules]) =>
    rules.split(' ').map((rule) => [rule, cause] as const),
  ),
);

export const KNOWN_RULES: readonly string[] = [...CAUSES.keys()];

/** One that an earlier release wrote, or a later one, is taken for a fault of the message. */
export const causeOf = (rule: string): Cause => CAUSES.get(rule) ?? 'message';
