import { AppError } from '../domain/errors';
import { listConnections, updateConnection } from '../storage/connections';
import {
  deleteFromDirectory,
  findInDirectory,
  insertIntoDirectory,
  listDirectory,
  seatsUsed,
  updateInDirectory,
  type DirectoryKind,
  type DirectoryRows,
} from '../storage/directory';
import { endLostApplications } from '../storage/lost-applications';
import { findOrganization } from '../storage/organizations';
import { lockKeys } from '../storage/people';
import type { GroupRow, LicenceRow, PermissionProfileRow } from '../storage/schema';
import { inUse } from './conflicts';
import type { Caller, ManagementDeps } from './deps';
import type { NewEntryForms } from './directory-forms';
import { changing, reading, type Island } from './island';
import { pageThrough, type Page, type PageQuery } from './page';
import type { Scope } from './scopes';

type EntryView = Omit<GroupRow & PermissionProfileRow, 'organizationId'>;
interface LicenceView extends Omit<LicenceRow, 'organizationId'> {
  used: number;
  /** Null: unlimited. */
  free: number | null;
}
export interface DirectoryViews {
  groups: EntryView;
  permission_profiles: EntryView;
  licences: LicenceView;
}

interface Kind {
  scope: 'groups' | 'permission-profiles' | 'licences';
  /** As actions and resources of the ledger name it. */
  noun: string;
}

const KINDS: Record<DirectoryKind, Kind> = {
  groups: { scope: 'groups', noun: 'group' },
  permission_profiles: { scope: 'permission-profiles', noun: 'permission_profile' },
  licences: { scope: 'licences', noun: 'licence' },
};
const readScope = (kind: DirectoryKind): Scope => `${KINDS[kind].scope}:read`;
const writeScope = (kind: DirectoryKind): Scope => `${KINDS[kind].scope}:write`;

/** What is changed together with the policy and with mappings that name it. */
export const DIRECTORY_LOCK = 'directory';

/** What the groups, permission profiles or licences of an organization are managed by. */
export function directoryOf<K extends DirectoryKind>(kind: K) {
  const { noun } = KINDS[kind];
  return {
    list: (deps: ManagementDeps, caller: Caller, organization: string, page: PageQuery) =>
      reading(deps, caller, organization, readScope(kind), async (island): Promise<Page<DirectoryViews[K]>> =>
        pageThrough(await viewsOf(island, kind, await listDirectory(island.tx, kind, island.organization.id)), page),
      ),

    read: (deps: ManagementDeps, caller: Caller, organization: string, id: string) =>
      reading(deps, caller, organization, readScope(kind), (island) => viewIn(island, kind, id)),

    /** @throws AppError conflict when the name is taken, whatever its case */
    create: (deps: ManagementDeps, caller: Caller, organization: string, form: NewEntryForms[K]) =>
      changing(deps, caller, organization, writeScope(kind), async (island) => {
        const { id } = await insertIntoDirectory(island.tx, kind, island.organization.id, withDefaults(kind, form));
        await island.note({ action: `${noun}.created`, resource: `${noun}:${id}` });
        return viewIn(island, kind, id);
      }),

    change: (deps: ManagementDeps, caller: Caller, organization: string, id: string, form: Partial<NewEntryForms[K]>) =>
      changing(deps, caller, organization, writeScope(kind), async (island) => {
        await lockKeys(island.tx, island.organization.id, [DIRECTORY_LOCK]);
        const before = await viewIn(island, kind, id);
        await updateInDirectory(island.tx, kind, island.organization.id, id, form as Partial<Values<K>>);
        if (kind === 'groups' && form.name) await renameInMappings(island, before.name, form.name);
        // Applications are for groups and licences by name.
        if (kind !== 'permission_profiles' && form.name)
          await endLostApplications(island.tx, { organizationId: island.organization.id }, island.now);
        await island.note({ action: `${noun}.changed`, resource: `${noun}:${id}`, fields: Object.keys(form) });
        return viewIn(island, kind, id);
      }),

    /** @throws AppError in_use while an account has it, or the policy or a mapping names it */
    remove: (deps: ManagementDeps, caller: Caller, organization: string, id: string) =>
      changing(deps, caller, organization, writeScope(kind), async (island) => {
        await lockKeys(island.tx, island.organization.id, [DIRECTORY_LOCK]);
        const { name } = await viewIn(island, kind, id);
        await refuseWhileNamed(island, kind, id, name);
        await deleteFromDirectory(island.tx, kind, island.organization.id, id);
        await island.note({ action: `${noun}.deleted`, resource: `${noun}:${id}` });
      }),
  };
}

type Values<K extends DirectoryKind> = Omit<DirectoryRows[K], 'organizationId' | 'id' | 'createdAt'>;

const withDefaults = <K extends DirectoryKind>(kind: K, form: NewEntryForms[K]): Values<K> =>
  ({ ...(kind === 'licences' ? { seats: null } : { description: null }), ...form }) as unknown as Values<K>;

async function viewIn<K extends DirectoryKind>(island: Island, kind: K, id: string): Promise<DirectoryViews[K]> {
  const found = await findInDirectory(island.tx, kind, island.organization.id, id);
  const [view] = await viewsOf(island, kind, found ? [found] : []);
  if (!view) throw new AppError('not_found');
  return view;
}

async function viewsOf<K extends DirectoryKind>(
  { tx, organization }: Island,
  kind: K,
  found: readonly DirectoryRows[K][],
): Promise<DirectoryViews[K][]> {
  const used = kind === 'licences' ? await seatsUsed(tx, organization.id) : undefined;
  return found.map(({ organizationId: _island, ...entry }) =>
    used ? withSeats(entry as Omit<LicenceRow, 'organizationId'>, used.get(entry.id) ?? 0) : entry,
  ) as unknown as DirectoryViews[K][];
}

const withSeats = (licence: Omit<LicenceRow, 'organizationId'>, used: number): LicenceView => ({
  ...licence,
  used,
  free: licence.seats === null ? null : Math.max(0, licence.seats - used),
});

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

async function refuseWhileNamed(island: Island, kind: DirectoryKind, id: string, name: string): Promise<void> {
  // Read again: the island was landed on before the lock was had.
  const { policy = island.policy } = (await findOrganization(island.tx, island.organization.id)) ?? {};
  const { defaultGroups, defaultPermissionProfile, defaultLicence } = policy;
  if ([...defaultGroups, defaultPermissionProfile, defaultLicence].includes(id))
    throw inUse('The provisioning policy names it.');
  if (kind !== 'groups') return;
  const connections = await listConnections(island.tx, island.organization.id);
  const naming = connections.find(({ groupMapping }) => groupMapping.some(({ group }) => sameName(group, name)));
  if (naming) throw inUse(`The group mapping of the connection ${naming.name} names it.`);
}

/** Mappings know groups by name: they follow. */
async function renameInMappings({ tx, organization }: Island, before: string, after: string): Promise<void> {
  for (const { id, groupMapping } of await listConnections(tx, organization.id)) {
    if (!groupMapping.some(({ group }) => sameName(group, before))) continue;
    const renamed = groupMapping.map((one) => (sameName(one.group, before) ? { ...one, group: after } : one));
    await updateConnection(tx, organization.id, id, { groupMapping: renamed });
  }
}
