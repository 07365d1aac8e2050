import { directoryOf } from '../../../management/directory';
import { entryChangeForm, licenceChangeForm, newEntryForm, newLicenceForm } from '../../../management/directory-forms';
import { parseForm } from '../../../management/form';
import { includesScope, type Scope } from '../../../management/scopes';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import type { FieldError } from '../../page-context';
import type { DirectoryEntryModel, DirectoryLine, DirectoryName } from './directory-pages';
import { action, page, type PortalRoute } from '../route';

/** As many as a list shows; nobody has more groups than they can read. */
const MOST = 10_000;

const KINDS = {
  groups: { path: '/groups', scope: 'groups', of: directoryOf('groups') },
  permissionProfiles: {
    path: '/permission-profiles',
    scope: 'permission-profiles',
    of: directoryOf('permission_profiles'),
  },
  licences: { path: '/licences', scope: 'licences', of: directoryOf('licences') },
} as const;

/** Groups, permission profiles and licences: three lists of the same shape. */
export const directoryRoutes: readonly PortalRoute[] = (Object.keys(KINDS) as DirectoryName[]).flatMap((name) => {
  const { path, scope } = KINDS[name];
  const read = `${scope}:read` as Scope;
  const write = `${scope}:write` as Scope;
  return [
    page(path, read, (call) => list(call, name)),
    page(`${path}/new`, write, (call) => showEntry(call, name, { values: {}, errors: [] })),
    action(`${path}/new`, write, (call) => create(call, name)),
    page(`${path}/:id`, read, (call) => edit(call, name)),
    action(`${path}/:id`, write, (call) => change(call, name)),
    page(`${path}/:id/delete`, write, (call) => confirmDelete(call, name)),
    action(`${path}/:id/delete`, write, (call) => remove(call, name)),
  ];
});

async function list(call: PortalCall, name: DirectoryName): Promise<void> {
  const { path, scope, of } = KINDS[name];
  const { items } = await of.list(call.deps, call.caller, call.org, { limit: MOST });
  showPortal(call, 'portal/directory', {
    name,
    entries: items
      .map((entry): DirectoryLine => ({ ...entry, url: `${call.base}${path}/${entry.id}` }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    ...(includesScope(call.caller.scopes, `${scope}:write`) && { newUrl: `${call.base}${path}/new` }),
  });
}

async function create(call: PortalCall, name: DirectoryName): Promise<void> {
  const { path, of } = KINDS[name];
  const form = name === 'licences' ? newLicenceForm : newEntryForm;
  const result = await attempt(async () =>
    of.create(call.deps, call.caller, call.org, parseForm(form, typed(call, name))),
  );
  if (result.errors) return showEntry(call, name, { values: shown(call), errors: result.errors });
  goOn(call, path, 'directory.notice.created');
}

async function edit(call: PortalCall, name: DirectoryName): Promise<void> {
  const entry: DirectoryLine = await KINDS[name].of.read(call.deps, call.caller, call.org, call.params.id ?? '');
  const { description, seats } = entry;
  const values = { name: entry.name, description: description ?? '', seats: seats == null ? '' : String(seats) };
  showEntry(call, name, { values, errors: [], entry });
}

async function change(call: PortalCall, name: DirectoryName): Promise<void> {
  const { path, of } = KINDS[name];
  const id = call.params.id ?? '';
  const entry: DirectoryLine = await of.read(call.deps, call.caller, call.org, id);
  const form = name === 'licences' ? licenceChangeForm : entryChangeForm;
  const result = await attempt(async () =>
    of.change(call.deps, call.caller, call.org, id, parseForm(form, typed(call, name))),
  );
  if (result.errors) return showEntry(call, name, { values: shown(call), errors: result.errors, entry });
  goOn(call, path, 'directory.notice.changed');
}

async function confirmDelete(call: PortalCall, name: DirectoryName): Promise<void> {
  const { path, of } = KINDS[name];
  const entry = await of.read(call.deps, call.caller, call.org, call.params.id ?? '');
  const { t } = call.web.languages.of(call.req, call.res);
  showPortal(call, 'portal/confirm', {
    title: t('portal.directory.confirmDelete', { name: entry.name }),
    consequences: [t('portal.directory.deleteText', { name: entry.name })],
    action: `${call.base}${path}/${entry.id}/delete`,
    button: t('portal.directory.delete'),
    danger: true,
    cancelUrl: `${call.base}${path}/${entry.id}`,
  });
}

async function remove(call: PortalCall, name: DirectoryName): Promise<void> {
  const { path, of } = KINDS[name];
  await of.remove(call.deps, call.caller, call.org, call.params.id ?? '');
  goOn(call, path, 'directory.notice.deleted');
}

/** The form as the management room reads it. */
function typed({ form }: PortalCall, name: DirectoryName): object {
  const [description, seats] = [form.text('description').trim(), form.text('seats').trim()];
  if (name !== 'licences') return { name: form.text('name'), description: description || null };
  return { name: form.text('name'), seats: seats ? Number(seats) : null };
}

const shown = ({ form }: PortalCall): Readonly<Record<string, string>> => ({
  name: form.text('name'),
  description: form.text('description'),
  seats: form.text('seats'),
});

function showEntry(
  call: PortalCall,
  name: DirectoryName,
  {
    values,
    errors,
    entry,
  }: { values: DirectoryEntryModel['values']; errors: readonly FieldError[]; entry?: DirectoryLine },
): void {
  const { path, scope } = KINDS[name];
  const listUrl = call.base + path;
  if (errors.length) call.res.status(422);
  showPortal(call, 'portal/directory-entry', {
    ...{ name, values, errors, listUrl },
    mayChange: includesScope(call.caller.scopes, `${scope}:write`),
    action: entry ? `${listUrl}/${entry.id}` : `${listUrl}/new`,
    ...(entry && { title: entry.name, deleteUrl: `${listUrl}/${entry.id}/delete` }),
  });
}
