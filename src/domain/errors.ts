/**
 * Every refusal a person or a program meets: its HTTP status and one sentence for programs.
 * People read the catalogue of `views/locales` under the same code.
 */
export const ERRORS = {
  // --- the door
  self_signup_forbidden: [403, 'This organization signs in with its identity provider; accounts are not created here.'],
  identity_not_permitted: [403, 'The organization does not let this source create accounts.'],
  link_requires_proof: [409, 'An account with this e-mail address exists already; linking it needs proof or an admin.'],
  link_rejected: [403, 'An admin decided that this identity is not to be linked to the account that it resembles.'],
  link_not_provable: [409, 'There is nothing here that this browser and this session could prove.'],
  licence_seats_exhausted: [403, 'Every seat of the licence is in use.'],
  missing_attribute: [403, 'The identity provider did not send an attribute that is needed.'],
  access_incomplete: [403, 'Signing in here needs at least one group and a permission profile.'],
  account_suspended: [403, 'The account is suspended; an admin can lift that.'],
  account_deactivated: [403, 'The account was deactivated by the source it came from.'],
  access_ended: [403, 'The time until which access was granted is over.'],
  username_taken: [409, 'The username is taken.'],
  email_taken: [409, 'A live account with this e-mail address exists already.'],
  field_owned: [409, 'Another source owns this field under the provisioning policy.'],
  // --- signing in
  invalid_assertion: [403, 'What the identity provider sent could not be accepted.'],
  provider_refused: [403, 'The identity provider did not sign the person in.'],
  connection_unavailable: [503, 'The identity provider could not be reached.'],
  unknown_connection: [404, 'There is no such connection.'],
  connection_disabled: [403, 'This connection is not open for sign-in.'],
  attempt_expired: [403, 'The sign-in took too long; it has to be started again.'],
  attempt_used: [403, 'This sign-in was completed already.'],
  cookies_required: [403, 'The browser did not send back the cookie that this sign-in began with.'],
  assertion_replayed: [403, 'This response of the identity provider was used before.'],
  invalid_logout_request: [403, 'What the identity provider sent to sign somebody out could not be accepted.'],
  invalid_logout_token: [400, 'The logout token could not be accepted.'],
  invalid_logout_response: [403, 'What the identity provider answered about signing out could not be accepted.'],
  // --- passwords and e-mail links
  invalid_credentials: [401, 'The e-mail address or username and the password do not fit together.'],
  invalid_code: [401, 'The code is not right, or was used before.'],
  second_factor_required: [409, 'A second factor is needed here; it can be replaced, not removed.'],
  password_not_permitted: [403, 'This organization signs in with its identity provider, not with passwords.'],
  weak_password: [422, 'The password is too easy to guess.'],
  email_domain_not_allowed: [403, 'Accounts are not created here with an address of this e-mail domain.'],
  admin_managed: [403, 'This account is managed by admins only.'],
  link_expired: [410, 'The link is older than 48 hours.'],
  link_used: [410, 'The link was used already.'],
  link_replaced: [410, 'A newer link was sent; only that one counts.'],
  link_revoked: [410, 'The link was revoked.'],
  unknown_link: [404, 'There is no such link.'],
  // --- applications behind the bridge
  application_request_over: [400, 'The request of the application is over; the application has to ask again.'],
  invalid_application_request: [400, 'The application asked for something that cannot be answered.'],
  // --- everywhere
  unknown_organization: [404, 'There is no such organization.'],
  not_found: [404, 'There is nothing here.'],
  method_not_allowed: [405, 'This address does not take that method.'],
  unauthorized: [401, 'An API key is needed, as a bearer token.'],
  forbidden: [403, 'This is not permitted.'],
  insufficient_scope: [403, 'The API key does not carry the scope that this needs.'],
  role_required: [403, 'This needs a role in the portal that the account does not have.'],
  invalid_form: [422, 'Some fields are not valid.'],
  invalid_json: [400, 'The body is not valid JSON.'],
  invalid_request: [400, 'The request could not be read.'],
  unsupported_media_type: [415, 'The body is of a type that is not taken here.'],
  too_large: [413, 'The request is too large.'],
  file_too_large: [413, 'The file is too large.'],
  conflict: [409, 'This conflicts with what exists.'],
  in_use: [409, 'This is still in use.'],
  slug_taken: [409, 'This custom URL is taken or reserved.'],
  domain_taken: [409, 'Another organization has proved this domain.'],
  domain_not_verified: [409, 'The domain is not verified yet.'],
  invalid_metadata: [422, 'The metadata cannot be used.'],
  invalid_file: [422, 'The file cannot be used.'],
  import_not_ready: [409, 'The import is not in a state in which this is possible.'],
  import_has_problems: [409, 'Some rows of the import have problems; fix them, leave them out, or save the good rows.'],
  import_braked: [409, 'The import would change more than the organization lets through without a second word.'],
  invalid_issuer: [422, 'The issuer cannot be used.'],
  address_refused: [422, 'This address may not be called from here.'],
  invalid_state_change: [409, 'This step is not possible from the present state.'],
  idempotency_mismatch: [422, 'This Idempotency-Key was used with another request.'],
  idempotency_in_progress: [409, 'A request with this Idempotency-Key is still running.'],
  rate_limited: [429, 'Too many requests; try again later.'],
  not_ready: [503, 'The service is starting or has lost its database.'],
  internal_error: [500, 'Something failed on our side.'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof ERRORS;

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

/** A refusal on its way to a page or to problem details. `detail` may be shown; `cause` goes to the log only. */
export class AppError extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    readonly options: { detail?: string; fields?: readonly FieldProblem[]; cause?: unknown } = {},
  ) {
    super(options.detail ?? ERRORS[code][1], { cause: options.cause });
    this.name = 'AppError';
    this.status = ERRORS[code][0];
  }
}

/** One or more fields are wrong: 422 `invalid_form`. */
export const invalidForm = (...fields: FieldProblem[]): AppError => new AppError('invalid_form', { fields });

/** A file beyond what its field takes: 413. */
export function fileTooLarge(field: string, maxBytes: number): AppError {
  const most = maxBytes < 1024 * 1024 ? `${maxBytes / 1024} kB` : `${maxBytes / 1024 / 1024} MB`;
  const message = `The file may have at most ${most}.`;
  return new AppError('file_too_large', { detail: message, fields: [{ field, code: 'file_too_large', message }] });
}
