import { findActors, type KnownActor } from '../storage/actors';
import type { LedgerLine } from './audit-events';
import type { Caller, ManagementDeps } from './deps';
import { reading } from './island';
import { isUuid } from './uuid';

export type Actors = ReadonlyMap<string, KnownActor>;

/** Who did what a page of the ledger tells, by id, in one look-up. Those who are erased, or gone, have no name. */
export const readActors = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  lines: readonly Pick<LedgerLine, 'actor'>[],
): Promise<Actors> =>
  reading(deps, caller, organization, 'accounts:read', async ({ tx, organization: { id: own } }) => {
    const ids = lines.flatMap(({ actor }) => ('id' in actor && actor.kind !== 'connection' ? [actor.id] : []));
    const asked = [...new Set(ids)].filter(isUuid);
    const found = asked.length ? await findActors(tx, own, asked) : [];
    return new Map(found.map((actor) => [actor.id, actor]));
  });
