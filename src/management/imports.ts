import { stringify } from 'csv-stringify/sync';
import { v7 as uuid } from 'uuid';
import { AppError, invalidForm } from '../domain/errors';
import type { RunRef } from '../domain/run';
import type { CellName } from '../sources/cells';
import { columnOf } from '../sources/columns';
import { SourceFailure } from '../sources/source';
import { inspectSheet, type Mapping } from '../sources/spreadsheet';
import {
  deleteRun,
  findRun,
  findRunFile,
  insertRun,
  listRuns,
  updateRun,
  enqueueRun,
  type RunLine,
} from '../storage/runs';
import { spreadsheetSource } from '../storage/sources';
import { readSsoStanding } from '../storage/sso-standing';
import type { Caller, ManagementDeps } from './deps';
import type { ImportFileForm, ImportRowsForm } from './import-forms';
import { importView, importViews, type ImportView } from './import-view';
import { changing, reading, type Island } from './island';
import { pageOf, type Page, type PageQuery } from './page';
import { requireScope } from './scopes';

/** A file that somebody sent. */
export interface ImportFile {
  name: string;
  content: Uint8Array;
}

/**
 * Begins to read a file of people. Nothing of it counts before it is committed.
 * @throws AppError invalid_file with what is wrong with it; invalid_form
 */
export async function startImport(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  file: ImportFile,
  { name = file.name, inviteAt, mapping = {}, ...options }: ImportFileForm,
): Promise<ImportView> {
  requireScope(caller, 'accounts:write');
  const columns = await columnsOf(file, mapping);
  return changing(deps, caller, organization, 'accounts:write', async (island) => {
    const { tx, now, note, organization: own } = island;
    if (options.sendInvitations) await requirePasswords(island);
    const sourceId = await spreadsheetSource(tx, own.id);
    const { actor, scopes, requestId = null } = caller;
    const run = {
      ...{ organizationId: own.id, id: uuid(), sourceId, name: name.slice(0, 200), actor, scopes, requestId },
      ...{ ...options, mapping, columns, inviteAt: inviteAt ? new Date(inviteAt) : null },
    };
    await insertRun(tx, run, file.content, now);
    await note({ action: 'import.started', sourceId, resource: `import:${run.id}`, details: { mode: run.mode } });
    return importView(tx, await importIn(island, run.id));
  });
}

/** As `startImport`, for rows that a program sends: a file like any other from here on. */
export function startImportOfRows(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { rows, name = 'API', ...options }: ImportRowsForm,
): Promise<ImportView> {
  const headers = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => headers.map((header) => textOf(row[header])));
  const content = Buffer.from(stringify([headers, ...lines], { bom: true }));
  const mapping = Object.fromEntries(
    headers.filter((header) => header.startsWith('attributes.')).map((header) => [header, header as CellName]),
  );
  const unknown = headers.filter((header) => !columnOf(header) && !Object.hasOwn(mapping, header));
  if (unknown.length)
    throw invalidForm(
      ...unknown
        .slice(0, 20)
        .map((field) => ({ field: `rows.${field}`, code: 'unknown_field', message: 'There is no such field.' })),
    );
  return startImport(deps, caller, organization, { name, content }, { ...options, name, mapping });
}

const textOf = (value: ImportRowsForm['rows'][number][string] | undefined): string =>
  Array.isArray(value) ? value.join('; ') : String(value ?? '');

/** What each column of the file means. @throws AppError invalid_file */
async function columnsOf(file: ImportFile, mapping: Mapping) {
  try {
    const { columns } = await inspectSheet({ ...file, mapping });
    return columns.map(({ header, means }) => ({ header, means }));
  } catch (error) {
    throw error instanceof SourceFailure ? invalidFile(error) : error;
  }
}

const invalidFile = ({ code, detail }: SourceFailure): AppError =>
  new AppError('invalid_file', { detail, fields: [{ field: 'file', code, message: detail }] });

/** Where people sign in with an identity provider there is no password to invite them to. */
export async function requirePasswords({ tx, organization }: Island): Promise<void> {
  const sso = await readSsoStanding(tx, organization.id);
  if (sso === 'active' || sso === 'required') {
    const message = 'People of this organization sign in with its identity provider.';
    throw invalidForm({ field: 'sendInvitations', code: 'password_not_permitted', message });
  }
}

/** Newest first. */
export const listImports = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { limit, cursor }: PageQuery,
): Promise<Page<ImportView>> =>
  reading(deps, caller, organization, 'accounts:read', async ({ tx, organization: { id } }) => {
    const runs = await listRuns(tx, { organizationId: id, limit: limit + 1, ...(cursor && { before: cursor }) });
    const { items, nextCursor } = pageOf(runs, limit);
    return { items: await importViews(tx, items), nextCursor };
  });

/** @throws AppError not_found */
export const readImport = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<ImportView> =>
  reading(deps, caller, organization, 'accounts:read', async (island) =>
    importView(island.tx, await importIn(island, id)),
  );

/** The columns of the file with samples, to say anew what they mean. @throws AppError not_found once it is committed */
export const readImportColumns = (deps: ManagementDeps, caller: Caller, organization: string, id: string) =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    const run = await importIn(island, id);
    const content = await findRunFile(island.tx, run);
    if (!content) throw new AppError('not_found');
    return (await inspectSheet({ name: run.name, content, mapping: (run.mapping ?? {}) as Mapping })).columns;
  });

/**
 * Reads the file anew with other meanings of its columns; what was typed into rows is lost by it.
 * @throws AppError import_not_ready
 */
export const mapImport = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  mapping: Mapping,
): Promise<ImportView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const run = await importIn(island, id);
    requireState(run, 'staged', 'failed');
    const content = await findRunFile(island.tx, run);
    if (!content) throw new AppError('import_not_ready');
    const columns = await columnsOf({ name: run.name, content }, mapping);
    await updateRun(island.tx, run, { mapping, columns, state: 'staging', stagedAt: null, done: 0, total: null });
    await enqueueRun(island.tx, run);
    return importView(island.tx, await importIn(island, id));
  });

/** Forgets an import that was not committed. @throws AppError import_not_ready */
export const discardImport = (deps: ManagementDeps, caller: Caller, organization: string, id: string): Promise<void> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const run = await importIn(island, id);
    requireState(run, 'staging', 'staged', 'failed');
    await deleteRun(island.tx, run);
    await island.note({ action: 'import.discarded', sourceId: run.sourceId, resource: `import:${id}` });
  });

/** @throws AppError not_found */
export async function importIn({ tx, organization }: Island, id: string): Promise<RunLine> {
  const run = await findRun(tx, { organizationId: organization.id, id } satisfies RunRef);
  if (!run) throw new AppError('not_found');
  return run;
}

/** @throws AppError import_not_ready */
export function requireState(run: RunLine, ...states: RunLine['state'][]): void {
  if (!states.includes(run.state))
    throw new AppError('import_not_ready', { detail: `The import is ${run.state}, not ${states.join(' or ')}.` });
}
