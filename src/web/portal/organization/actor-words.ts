import type { Actors } from '../../../management/actors';
import type { LedgerLine } from '../../../management/audit-events';
import type { Translate } from '../../languages';

/** An account or API key by name, as far as this organization may know it; undefined: it is called by its kind. */
export function actorNamed(actor: LedgerLine['actor'], actors: Actors | undefined, t: Translate): string | undefined {
  if (!actors || (actor.kind !== 'account' && actor.kind !== 'api_key')) return undefined;
  const known = actors.get(actor.id);
  const say = (part: string, name = ''): string => t(`portal.ledger.actor.${part}`, { name });
  if (actor.kind === 'account' && !known?.name && known?.kind !== 'operator') return say('former');
  if (known?.kind === 'api_key') return say('keyNamed', known.name ?? '');
  return known && (known.name ?? say(known.kind));
}
