import type { ErrorOut } from 'oidc-provider';
import type { ErrorCode } from '../domain/errors';

/** What the provider cannot tell the application, as a refusal of ours: the person's request is over, or the application asked wrongly. */
export function refusalOf({ error, error_description: description }: ErrorOut): { code: ErrorCode; problem?: string } {
  if (error === 'server_error') return { code: 'internal_error' };
  // The library's own words for a request that the browser does not have (any more).
  if (/session not found|has expired|identifier mismatch|session id cookie/.test(description ?? ''))
    return { code: 'application_request_over' };
  return { code: 'invalid_application_request', problem: [error, description].filter(Boolean).join(': ') };
}
