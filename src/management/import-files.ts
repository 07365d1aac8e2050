import { Readable } from 'node:stream';
import { template } from '../sources/spreadsheet';
import { findResults } from '../storage/run-results';
import { listRows, type StagedLine } from '../storage/run-rows';
import type { RunLine } from '../storage/runs';
import type { Caller, ManagementDeps } from './deps';
import { csvFile, type EXPORT_FORMATS, type ExportFile } from './export-file';
import { importIn } from './imports';
import { changing, reading } from './island';

/** An empty file of people to fill in, with one example. */
export const importTemplate = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  format: (typeof EXPORT_FORMATS)[number],
): Promise<ExportFile> =>
  reading(deps, caller, organization, 'accounts:read', async () => {
    const { name, type, content } = await template(format);
    return { name, type, stream: Readable.from([content]) };
  });

const COLUMNS = ['line', 'displayName', 'email', 'outcome', 'result', 'code', 'accountId', 'undone', 'undoCode'];
const PAGE = 1000;

/** What became of each row. The ledger says before the first byte leaves that it was exported. */
export async function importResultsFile(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<ExportFile> {
  const run = await changing(deps, caller, organization, 'accounts:read', async (island) => {
    const found = await importIn(island, id);
    await island.note({ action: 'import.exported', sourceId: found.sourceId, resource: `import:${id}` });
    return found;
  });
  return csvFile(`import-${run.id}`, COLUMNS, readLines(deps, run));
}

async function* readLines(deps: ManagementDeps, run: RunLine): AsyncGenerator<Record<string, string>> {
  const { manager } = deps.db;
  let after = 0;
  for (;;) {
    const lines = await listRows(manager, run, { after, limit: PAGE });
    if (!lines.length) return;
    const results = await findResults(
      manager,
      run,
      lines.map(({ line }) => line),
    );
    const byLine = new Map(results.map((result) => [result.line, result]));
    for (const line of lines) yield textOf(line, byLine.get(line.line));
    after = lines.at(-1)?.line ?? after;
  }
}

type Result = Awaited<ReturnType<typeof findResults>>[number];

function textOf({ line, cells, outcome, leftOut, problems }: StagedLine, result?: Result): Record<string, string> {
  return {
    ...{ line: String(line), displayName: cells.displayName ?? '', email: cells.email ?? '' },
    ...{ outcome: leftOut ? 'left_out' : outcome, result: result?.result ?? '' },
    code: result?.code ?? problems?.map(({ field, code }) => `${field}: ${code}`).join('; ') ?? '',
    ...{ accountId: result?.accountId ?? '', undone: result?.undone ?? '', undoCode: result?.undoCode ?? '' },
  };
}
