import { z } from 'zod';
import { invalidForm } from '../domain/errors';
import type { ContactLine } from '../storage/contacts';
import { countSelected } from '../storage/listing';
import { contactFilter, contactOrder, contactSelector, listContacts } from './contact-list';
import type { Caller, ManagementDeps } from './deps';
import { csvFile, EXPORT_FORMATS, MOST_IN_XLSX, xlsxFile, type ExportFile } from './export-file';
import { changing } from './island';

export const contactExportForm = z.strictObject({
  ...{ format: z.enum(EXPORT_FORMATS).default('csv') },
  ...contactFilter.shape,
  ...contactOrder,
});
export type ContactExportForm = z.output<typeof contactExportForm>;

const PAGE = 500;

const COLUMNS: Readonly<Record<string, (contact: ContactLine) => string | null | undefined>> = {
  kind: ({ kind }) => kind,
  displayName: ({ attributes }) => attributes.displayName,
  givenName: ({ attributes }) => attributes.givenName,
  familyName: ({ attributes }) => attributes.familyName,
  email: ({ email }) => email,
  phone: ({ attributes }) => attributes.phone,
  extension: ({ attributes }) => attributes.extension,
  department: ({ attributes }) => attributes.department,
  title: ({ attributes }) => attributes.title,
  site: ({ attributes }) => attributes.site,
  partOf: ({ partOf }) => partOf?.name,
  externalId: ({ externalId }) => externalId,
  accountId: ({ accountId }) => accountId,
  createdAt: ({ createdAt }) => createdAt.toISOString(),
  id: ({ id }) => id,
};

/**
 * The contacts that match, as a file. The ledger says before the first byte leaves that they were exported, and how many.
 * @throws AppError invalid_form when they are too many for a workbook
 */
export async function exportContacts(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { format, ...query }: ContactExportForm,
): Promise<ExportFile> {
  const name = await changing(deps, caller, organization, 'contacts:read', async (island) => {
    const { sort: _order, order: _way, ...asked } = query;
    const count = await countSelected(island.tx, (await contactSelector(island, asked))());
    if (format === 'xlsx' && count > MOST_IN_XLSX) throw tooMany();
    await island.note({ action: 'contacts.exported', details: { count, format, filters: Object.keys(asked) } });
    return `${island.organization.slug}-catalog`;
  });
  const lines = readLines(deps, caller, organization, query);
  const columns = Object.keys(COLUMNS);
  return format === 'csv' ? csvFile(name, columns, lines) : xlsxFile(name, columns, lines);
}

async function* readLines(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  query: Omit<ContactExportForm, 'format'>,
): AsyncGenerator<Record<string, string>> {
  let cursor: string | undefined;
  do {
    const page = await listContacts(deps, caller, organization, { ...query, limit: PAGE, cursor });
    yield* page.items.map(lineOf);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

const lineOf = (contact: ContactLine): Record<string, string> =>
  Object.fromEntries(Object.entries(COLUMNS).map(([column, of]) => [column, of(contact) ?? '']));

const tooMany = () =>
  invalidForm({
    field: 'format',
    code: 'too_many',
    message: `A workbook takes at most ${MOST_IN_XLSX} contacts; CSV takes all.`,
  });
