import { readActors, type Actors } from '../../../management/actors';
import type { LedgerLine } from '../../../management/audit-events';
import { includesScope } from '../../../management/scopes';
import type { PortalCall } from '../call';

/** Who did what these lines tell; undefined for who may not see accounts. */
export const actorsIn = async (
  { deps, caller, org }: PortalCall,
  lines: readonly LedgerLine[],
): Promise<Actors | undefined> =>
  includesScope(caller.scopes, 'accounts:read') ? readActors(deps, caller, org, lines) : undefined;
