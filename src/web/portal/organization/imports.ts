import { EXPORT_FORMATS } from '../../../management/export-file';
import { importFileForm } from '../../../management/import-forms';
import { importTemplate } from '../../../management/import-files';
import { listImports, startImport } from '../../../management/imports';
import { parseForm } from '../../../management/form';
import { signsInBySso } from '../../../management/new-account';
import { includesScope } from '../../../management/scopes';
import { isUuid } from '../../../management/uuid';
import { invalidForm } from '../../../domain/errors';
import type { FieldError } from '../../page-context';
import { sendFile } from '../../send-file';
import { attempt } from '../attempt';
import { fileOf, goOn, showPortal, type PortalCall } from '../call';
import { page, upload, type PortalRoute } from '../route';
import { importColumnRoutes } from './imports-columns';
import type { NewImportValues } from './imports-new-view';
import { importRowRoutes } from './imports-rows';
import { IMPORTS, importRoutes } from './imports-staging';
import { importStepRoutes } from './imports-steps';

const PER_PAGE = 25;
const LIMITS = { field: 'file', maxBytes: 10 * 1024 * 1024 };

/** Files of people: those that came, and how another comes. */
export const importsRoutes: readonly PortalRoute[] = [
  page(IMPORTS, 'accounts:read', list),
  page(`${IMPORTS}/new`, 'accounts:write', (call) => ask(call)),
  upload(`${IMPORTS}/new`, 'accounts:write', LIMITS, start),
  page(`${IMPORTS}/template`, 'accounts:read', template),
  ...importRoutes,
  ...importRowRoutes,
  ...importColumnRoutes,
  ...importStepRoutes,
];

async function list(call: PortalCall): Promise<void> {
  const { deps, caller, org, query, base } = call;
  const cursor = query.cursor && isUuid(query.cursor) ? { cursor: query.cursor } : {};
  const { items, nextCursor } = await listImports(deps, caller, org, { limit: PER_PAGE, ...cursor });
  showPortal(call, 'portal/imports', {
    ...{ imports: items, nextCursor, url: base + IMPORTS },
    mayChange: includesScope(caller.scopes, 'accounts:write'),
  });
}

const NOTHING: NewImportValues = { mode: 'accounts', namesEveryone: '', sendInvitations: '', inviteAt: '' };

async function ask(call: PortalCall, errors: readonly FieldError[] = [], values = NOTHING): Promise<void> {
  const { deps, caller, org, base, res } = call;
  if (errors.length) res.status(422);
  const offersInvitations = !(await signsInBySso(deps, caller, org));
  showPortal(call, 'portal/import-new', { ...{ values, errors, offersInvitations }, url: base + IMPORTS });
}

async function start(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const values = Object.fromEntries(
    Object.keys(NOTHING).map((name) => [name, form.text(name)]),
  ) as unknown as NewImportValues;
  const started = await attempt(async () => {
    const file = fileOf(call);
    if (!file.name) throw invalidForm({ field: 'file', code: 'required', message: 'A file is required.' });
    const wish = {
      ...{ mode: values.mode || NOTHING.mode, namesEveryone: values.namesEveryone === 'on' },
      ...{ sendInvitations: values.sendInvitations === 'on' },
      // What a browser's field for a moment sends has neither seconds nor an offset; the page says that it is UTC.
      ...(values.inviteAt && { inviteAt: `${values.inviteAt}:00Z` }),
    };
    return startImport(deps, caller, org, file, parseForm(importFileForm, wish));
  });
  if (started.errors) return ask(call, started.errors, values);
  goOn(call, `${IMPORTS}/${started.done.id}`);
}

async function template({ deps, caller, org, query, res }: PortalCall): Promise<void> {
  const format = EXPORT_FORMATS.find((known) => known === query.format) ?? 'csv';
  await sendFile(res, await importTemplate(deps, caller, org, format));
}
