import { AppError, type ErrorCode, type FieldProblem } from '../domain/errors';
import { violatedConstraint } from '../storage/transaction';

type Conflict = readonly [code: ErrorCode, field: string, message: string];

const NAME_TAKEN: Conflict = ['conflict', 'name', 'Another one has this name.'];

/** What the database's own constraints mean to whoever ran into them. */
const CONFLICTS: Readonly<Record<string, Conflict>> = {
  organization_slugs_pkey: ['slug_taken', 'slug', 'This custom URL is taken.'],
  organizations_external_id: ['conflict', 'externalId', 'Another organization has this external id.'],
  domains_verified: ['domain_taken', 'domain', 'Another organization has proved this domain.'],
  domains_organization_id_domain_key: ['conflict', 'domain', 'The organization has this domain already.'],
  groups_name: NAME_TAKEN,
  permission_profiles_name: NAME_TAKEN,
  licences_name: NAME_TAKEN,
  applications_client_id: ['conflict', 'clientId', 'Another application has this client id.'],
  accounts_email: ['email_taken', 'email', 'A live account has this e-mail address.'],
  accounts_username: ['username_taken', 'username', 'Another account has this username.'],
};

/** Foreign keys of what accounts hold by reference. */
const IN_USE = /_(group|permission_profile|licence)_id_fkey$/;

/** The refusal that a database error stands for; any other error as it is. */
export function asRefusal(error: unknown): unknown {
  const constraint = violatedConstraint(error);
  if (!constraint) return error;
  const known = CONFLICTS[constraint];
  if (known) return refusal(...known);
  return IN_USE.test(constraint) ? inUse('Accounts still have it.', error) : error;
}

/** A conflict that one field is the reason for. */
export function refusal(code: ErrorCode, field: string, message: string): AppError {
  const problem: FieldProblem = { field, code: code === 'conflict' ? 'taken' : code, message };
  return new AppError(code, { detail: message, fields: [problem] });
}

export const inUse = (detail: string, cause?: unknown): AppError => new AppError('in_use', { detail, cause });
