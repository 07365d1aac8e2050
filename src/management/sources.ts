import { listSources as readSources } from '../storage/sources';
import type { SourceRow } from '../storage/schema';
import type { Caller, ManagementDeps } from './deps';
import { reading } from './island';
import { mapPage, pageThrough, type Page, type PageQuery } from './page';

export type SourceView = Omit<SourceRow, 'organizationId'>;

export const listSources = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  page: PageQuery,
): Promise<Page<SourceView>> =>
  reading(deps, caller, organization, 'sources:read', async ({ tx, organization: { id } }) =>
    mapPage(pageThrough(await readSources(tx, id), page), ({ organizationId: _island, ...source }) => source),
  );
