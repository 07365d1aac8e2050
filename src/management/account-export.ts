import { z } from 'zod';
import { invalidForm } from '../domain/errors';
import type { AccountView } from '../storage/account-views';
import { selectAccounts } from '../storage/account-listing';
import { countSelected } from '../storage/listing';
import { accountFilter, accountOrder, listAccounts, resolveFilter } from './account-list';
import type { Caller, ManagementDeps } from './deps';
import { csvFile, EXPORT_FORMATS, MOST_IN_XLSX, xlsxFile, type ExportFile } from './export-file';
import { changing } from './island';

export const accountExportForm = z.strictObject({
  ...{ format: z.enum(EXPORT_FORMATS).default('csv') },
  ...accountFilter.shape,
  ...accountOrder,
});
export type AccountExportForm = z.output<typeof accountExportForm>;

const PAGE = 500;

const COLUMNS = [
  ...(['username', 'email', 'givenName', 'familyName', 'displayName', 'phone', 'extension', 'department'] as const),
  ...(['title', 'site', 'userType', 'groups', 'permissionProfile', 'licence', 'status', 'source'] as const),
  ...(['adminManaged', 'accessUntil', 'createdAt', 'lastSignInAt', 'externalId', 'id'] as const),
] satisfies readonly (keyof AccountView)[];

/**
 * The accounts that match, as a file. The ledger says before the first byte leaves that they were exported, and how many.
 * @throws AppError invalid_form when they are too many for a workbook
 */
export async function exportAccounts(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { format, ...query }: AccountExportForm,
  mostInXlsx = MOST_IN_XLSX,
): Promise<ExportFile> {
  const name = await changing(deps, caller, organization, 'accounts:read', async (island) => {
    const { tx, organization: own, note } = island;
    const { sort: _order, order: _way, ...asked } = query;
    const count = await countSelected(tx, selectAccounts(own.id, await resolveFilter(island, asked)));
    if (format === 'xlsx' && count > mostInXlsx) throw tooMany(mostInXlsx);
    await note({ action: 'accounts.exported', details: { count, format, filters: Object.keys(asked) } });
    return `${own.slug}-accounts`;
  });
  const lines = readLines(deps, caller, organization, query);
  return format === 'csv' ? csvFile(name, COLUMNS, lines) : xlsxFile(name, COLUMNS, lines);
}

async function* readLines(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  query: Omit<AccountExportForm, 'format'>,
): AsyncGenerator<Record<string, string>> {
  let cursor: string | undefined;
  do {
    const page = await listAccounts(deps, caller, organization, { ...query, limit: PAGE, cursor });
    yield* page.items.map(lineOf);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

const lineOf = (account: AccountView): Record<string, string> =>
  Object.fromEntries(COLUMNS.map((column) => [column, textOf(account[column])]));

function textOf(value: AccountView[(typeof COLUMNS)[number]]): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? value.join('; ') : String(value);
}

const tooMany = (most: number) =>
  invalidForm({
    field: 'format',
    code: 'too_many',
    message: `A workbook takes at most ${most} accounts; CSV takes all.`,
  });
