import { readActors, type Actors } from '../../../management/actors';
import type { LedgerLine } from '../../../management/audit-events';
import { includesScope } from '../../../management/scopes';
import type { Translate } from '../../languages';
import type { PortalCall } from '../call';

/** Who did what these lines tell; undefined for who may not see accounts. */
export const actorsIn = async (
  { deps, caller, org }: PortalCall,
  lines: readonly LedgerLine[],
): Promise<Actors | undefined> =>
  includesScope(caller.scopes, 'accounts:read') ? readActors(deps, caller, org, lines) : undefined;

/** An account or API key by name, as far as this organization may know it; undefined: it is called by its kind. */
export function actorNamed(actor: LedgerLine['actor'], actors: Actors | undefined, t: Translate): string | undefined {
  if (!actors || (actor.kind !== 'account' && actor.kind !== 'api_key')) return undefined;
  const known = actors.get(actor.id);
  const say = (part: string, name = ''): string => t(`portal.ledger.actor.${part}`, { name });
  if (actor.kind === 'account' && !known?.name && known?.kind !== 'operator') return say('former');
  if (known?.kind === 'api_key') return say('keyNamed', known.name ?? '');
  return known && (known.name ?? say(known.kind));
}
