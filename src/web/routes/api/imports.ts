import { z } from 'zod';
import {
  importCommitForm,
  importFileForm,
  importMapping,
  importRowChange,
  importRowFilter,
  importRowsChange,
  importRowsForm,
} from '../../../management/import-forms';
import { importResultsFile, importTemplate } from '../../../management/import-files';
import { changeImportRow, changeImportRows, listImportRows, readImportRow } from '../../../management/import-rows';
import { commitImport, refreshImport, undoImport } from '../../../management/import-steps';
import {
  discardImport,
  listImports,
  mapImport,
  readImport,
  readImportColumns,
  startImport,
  startImportOfRows,
} from '../../../management/imports';
import { EXPORT_FORMATS, EXPORT_TYPES } from '../../../management/export-file';
import { UploadedFile } from '../../upload';
import { importColumn, importLine, importRun } from './import-schemas';
import { pageAnswer, paging } from './paging';
import { route } from './route';

const tag = 'Imports';
const path = '/organizations/{org}/imports';
const MAX_BYTES = 10 * 1024 * 1024;

const uploadForm = importFileForm.extend({ file: z.instanceof(UploadedFile, { error: 'A file is required.' }) });

/** A form when it came as one, else rows. */
const newImport = z.unknown().transform((input, context) => {
  const isForm = typeof input === 'object' && input !== null && 'file' in input;
  const parsed = (isForm ? uploadForm : importRowsForm).safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  context.issues.push(...(parsed.error.issues as typeof context.issues));
  return z.NEVER;
});

const rowPaging = z.strictObject({
  limit: paging.shape.limit,
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'This cursor was not given out here.')
    .optional()
    .meta({ description: '`nextCursor` of the page before.' }),
});

export const importRoutes = [
  route({
    ...{ method: 'post', path, tag, scope: 'accounts:write' },
    summary: 'Read people from a file, or rows, to look at before anything is saved',
    description:
      'CSV or XLSX, at most 10 MB and 100,000 rows; columns as in the template, in any order. What cannot be read at all is ' +
      'refused at once; a row with a problem waits to be mended.',
    upload: { field: 'file', maxBytes: MAX_BYTES, form: importFileForm, json: importRowsForm },
    body: newImport,
    answer: { status: 202, schema: importRun },
    refusals: ['invalid_file', 'file_too_large'],
    handle: ({ deps, caller, org, body }) =>
      'file' in body
        ? startImport(deps, caller, org, body.file, withoutFile(body))
        : startImportOfRows(deps, caller, org, body),
  }),
  route({
    ...{ method: 'get', path, tag, scope: 'accounts:read' },
    summary: 'List imports, newest first',
    query: paging,
    answer: pageAnswer(importRun),
    handle: ({ deps, caller, org, query }) => listImports(deps, caller, org, query),
  }),
  route({
    ...{ method: 'get', path: `${path}/template`, tag, scope: 'accounts:read' },
    summary: 'The template of a file of people',
    query: z.strictObject({ format: z.enum(EXPORT_FORMATS).default('csv') }),
    answer: { status: 200, files: EXPORT_TYPES },
    handle: ({ deps, caller, org, query }) => importTemplate(deps, caller, org, query.format),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}`, tag, scope: 'accounts:read' },
    summary: 'Read how far an import has come',
    answer: { status: 200, schema: importRun },
    handle: ({ deps, caller, org, id }) => readImport(deps, caller, org, id),
  }),
  route({
    ...{ method: 'delete', path: `${path}/{id}`, tag, scope: 'accounts:write' },
    summary: 'Discard an import that was not saved',
    answer: { status: 204 },
    refusals: ['import_not_ready'],
    handle: ({ deps, caller, org, id }) => discardImport(deps, caller, org, id),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}/columns`, tag, scope: 'accounts:read' },
    summary: 'The columns of the file with samples and what each is taken for',
    answer: { status: 200, schema: z.strictObject({ items: z.array(importColumn) }) },
    handle: async ({ deps, caller, org, id }) => ({ items: await readImportColumns(deps, caller, org, id) }),
  }),
  route({
    ...{ method: 'put', path: `${path}/{id}/mapping`, tag, scope: 'accounts:write' },
    summary: 'Read the file anew with other meanings of its columns',
    description: 'What was mended in rows is lost by it.',
    body: importMapping,
    answer: { status: 200, schema: importRun },
    refusals: ['import_not_ready'],
    handle: ({ deps, caller, org, id, body }) => mapImport(deps, caller, org, id, body),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}/rows`, tag, scope: 'accounts:read' },
    summary: 'List rows with what would become, or what became, of each',
    query: rowPaging.extend(importRowFilter.shape),
    answer: { status: 200, schema: z.strictObject({ items: z.array(importLine), nextCursor: z.string().nullable() }) },
    handle: ({ deps, caller, org, id, query: { cursor, ...query } }) =>
      listImportRows(deps, caller, org, id, { ...query, ...(cursor && { after: Number(cursor) }) }),
  }),
  route({
    ...{ method: 'patch', path: `${path}/{id}/rows`, tag, scope: 'accounts:write' },
    summary: 'Set one value for many rows, or leave them out',
    description: 'Of more than 500 rows at once in the background: the import is `staging` meanwhile.',
    body: importRowsChange,
    answer: { status: 200, schema: importRun },
    refusals: ['import_not_ready'],
    handle: ({ deps, caller, org, id, body }) => changeImportRows(deps, caller, org, id, body),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}/rows/{line}`, tag, scope: 'accounts:read' },
    summary: 'Read a row',
    answer: { status: 200, schema: importLine },
    handle: ({ deps, caller, org, id, line }) => readImportRow(deps, caller, org, id, line),
  }),
  route({
    ...{ method: 'patch', path: `${path}/{id}/rows/{line}`, tag, scope: 'accounts:write' },
    summary: 'Mend a row, or leave it out',
    body: importRowChange,
    answer: { status: 200, schema: importLine },
    refusals: ['import_not_ready'],
    handle: ({ deps, caller, org, id, line, body }) => changeImportRow(deps, caller, org, id, line, body),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/refresh`, tag, scope: 'accounts:write' },
    summary: 'Look anew at every row, against accounts as they are now',
    answer: { status: 202, schema: importRun },
    refusals: ['import_not_ready'],
    handle: ({ deps, caller, org, id }) => refreshImport(deps, caller, org, id),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/commit`, tag, scope: 'accounts:write' },
    summary: 'Save an import, in the background',
    description: 'Each row is decided again under lock. Its ledger lines name the key that saved it.',
    body: importCommitForm,
    answer: { status: 202, schema: importRun },
    refusals: ['import_not_ready', 'import_has_problems', 'import_braked'],
    handle: ({ deps, caller, org, id, body }) => commitImport(deps, caller, org, id, body),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/undo`, tag, scope: 'accounts:write' },
    summary: 'Take a saved import back, in the background',
    description: 'Row by row, where nothing has happened since; what stays says why.',
    answer: { status: 202, schema: importRun },
    refusals: ['import_not_ready'],
    handle: ({ deps, caller, org, id }) => undoImport(deps, caller, org, id),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}/results`, tag, scope: 'accounts:read' },
    summary: 'What became of each row, as a file',
    query: z.strictObject({ format: z.literal('csv').default('csv') }),
    answer: { status: 200, files: ['text/csv'] },
    handle: ({ deps, caller, org, id }) => importResultsFile(deps, caller, org, id),
  }),
];

const withoutFile = <T extends { file: unknown }>({ file: _read, ...form }: T): Omit<T, 'file'> => form;
