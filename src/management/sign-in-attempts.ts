import { z } from 'zod';
import { AppError } from '../domain/errors';
import { listAttempts as readAttempts, type AttemptLine } from '../storage/attempt-lines';
import type { Caller, ManagementDeps } from './deps';
import { email, line } from './fields';
import { reading } from './island';
import { mapPage, pageOf, type Page, type PageQuery } from './page';
import { includesScope, requireScope } from './scopes';

export type { AttemptLine };

export const attemptFilter = z.strictObject({
  state: z.enum(['started', 'succeeded', 'refused', 'expired']).optional(),
  connection: z.uuid().optional(),
  code: line(20).toUpperCase().optional().meta({ description: 'What a person was shown, as 7F3K-92QD.' }),
  email: email.optional().meta({ description: 'Only for keys with `audit-events:read`.' }),
});
export type AttemptFilter = z.output<typeof attemptFilter>;

/** The address somebody came with is for those who may read the ledger. */
const shown =
  (caller: Caller) =>
  (attempt: AttemptLine): AttemptLine =>
    includesScope(caller.scopes, 'audit-events:read') ? attempt : { ...attempt, email: null };

/** Newest first. @throws AppError insufficient_scope for who asks by an address without being shown any */
export async function listSignInAttempts(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { limit, cursor, state, connection, code, email: address }: PageQuery & AttemptFilter,
): Promise<Page<AttemptLine>> {
  if (address) requireScope(caller, 'audit-events:read');
  return reading(deps, caller, organization, 'sign-in-attempts:read', async ({ tx, organization: { id } }) => {
    const filter = { state, connectionId: connection, code, email: address };
    const found = await readAttempts(tx, { organizationId: id, limit: limit + 1, before: cursor, ...filter });
    return mapPage(pageOf(found, limit), shown(caller));
  });
}

export const readSignInAttempt = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<AttemptLine> =>
  reading(deps, caller, organization, 'sign-in-attempts:read', async ({ tx, organization: own }) => {
    const [found] = await readAttempts(tx, { organizationId: own.id, limit: 1, id });
    if (!found) throw new AppError('not_found');
    return shown(caller)(found);
  });
