import { AppError } from '../domain/errors';
import { DEFAULT_BRAKE, type Brake } from '../domain/run';
import { listSources as readSources, setBrake } from '../storage/sources';
import type { SourceRow } from '../storage/schema';
import type { Caller, ManagementDeps } from './deps';
import type { SourceChangeForm } from './import-forms';
import { changing, reading, type Island } from './island';
import { mapPage, pageThrough, type Page, type PageQuery } from './page';

/** A source; `brake` is what is in force. */
export type SourceView = Omit<SourceRow, 'organizationId' | 'brake'> & { brake: Brake };

export const listSources = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  page: PageQuery,
): Promise<Page<SourceView>> =>
  reading(deps, caller, organization, 'sources:read', async ({ tx, organization: { id } }) =>
    mapPage(pageThrough(await readSources(tx, id), page), viewOf),
  );

const viewOf = ({ organizationId: _island, brake, ...source }: SourceRow): SourceView => ({
  ...source,
  brake: brake ?? DEFAULT_BRAKE,
});

/** Sets from when on the runs of a source stop and ask. @throws AppError not_found */
export const changeSource = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  { brake }: SourceChangeForm,
): Promise<SourceView> =>
  changing(deps, caller, organization, 'sources:write', async (island) => {
    await sourceIn(island, id);
    await setBrake(island.tx, island.organization.id, id, brake);
    await island.note({ action: 'source.changed', sourceId: id, resource: `source:${id}`, fields: ['brake'] });
    return viewOf(await sourceIn(island, id));
  });

async function sourceIn({ tx, organization }: Island, id: string): Promise<SourceRow> {
  const found = (await readSources(tx, organization.id)).find((source) => source.id === id);
  if (!found) throw new AppError('not_found');
  return found;
}
