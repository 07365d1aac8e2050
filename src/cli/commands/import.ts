import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { RUN_MODES, type RunMode } from '../../domain/run';
import { commandCaller, type ManagementDeps } from '../../management/deps';
import { importCommitForm, importFileForm } from '../../management/import-forms';
import { runImport } from '../../management/import-run';
import { listImportRows } from '../../management/import-rows';
import { commitImport } from '../../management/import-steps';
import { discardImport, readImport, startImport } from '../../management/imports';
import type { ImportView } from '../../management/import-view';
import { parseForm } from '../../management/form';
import { readOrganization } from '../../management/organizations';
import { Refusal } from '../failure';
import { withInstallation } from '../open';
import type { Output } from '../output';
import { showProgress } from '../progress';

interface ImportOptions {
  org: string;
  mode: RunMode;
  dryRun?: boolean;
  goodRows?: boolean;
  namesEveryone?: boolean;
  invite?: boolean;
  releaseBrake?: boolean;
  json?: boolean;
}

/** `import FILE`: people from a spreadsheet. */
export function addImport(program: Command, out: Output): void {
  program
    .command('import')
    .description('bring people in from a CSV or XLSX file')
    .argument('<file>', 'CSV or XLSX, columns as in the template')
    .requiredOption('--org <org>', 'its custom URL')
    .addOption(new Option('--mode <mode>', 'accounts, or contacts only').choices(RUN_MODES).default('accounts'))
    .option('--dry-run', 'say what would happen and change nothing')
    .option('--good-rows', 'save the rows without a problem although others have one')
    .option('--names-everyone', 'whom an earlier file named and this one does not has gone')
    .option('--invite', 'mail each new person the link with which they set a password')
    .option('--release-brake', 'save although more would leave or change than the limits let through')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Ends with 1 when a row has a problem, unless --good-rows is given.

Examples:
  $ drawbridge import staff.xlsx --org acme --dry-run
  $ drawbridge import staff.csv --org acme --good-rows --invite`,
    )
    .action(async (path: string, options: ImportOptions) => {
      const file = { name: basename(path), content: await contentOf(path) };
      const done = await withInstallation('import', ({ deps }) => importFile(deps, out, file, options));
      if (options.json) out.print(JSON.stringify(done, null, 2));
    });
}

async function contentOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Refusal([`${path} cannot be read: ${(error as Error).message}`]);
  }
}

async function importFile(
  deps: ManagementDeps,
  out: Output,
  file: { name: string; content: Buffer },
  options: ImportOptions,
): Promise<ImportView> {
  const { org, mode, namesEveryone = false, invite = false } = options;
  const form = parseForm(importFileForm, { mode, namesEveryone, sendInvitations: invite });
  const { id } = await startImport(deps, commandCaller, org, file, form);
  const staged = await advance(deps, org, id, 'staging', 'reading');
  if (staged.failure) throw new Refusal([`${file.name}: ${staged.failure.detail} (${staged.failure.code})`]);
  if (!options.json) await printStaged(deps, out, org, staged);
  if (options.dryRun) {
    await discardImport(deps, commandCaller, org, id);
    return staged;
  }
  return save(deps, out, org, staged, options);
}

async function save(
  deps: ManagementDeps,
  out: Output,
  org: string,
  { id, counts }: ImportView,
  options: ImportOptions,
): Promise<ImportView> {
  if (counts.problem && !options.goodRows) {
    await discardImport(deps, commandCaller, org, id);
    throw new Refusal([`${counts.problem} rows have a problem; nothing was saved. Mend the file, or add --good-rows.`]);
  }
  const allow = options.goodRows ? 'good-rows' : 'clean';
  const form = parseForm(importCommitForm, { allow, ...(options.releaseBrake && { brake: 'release' }) });
  await commitImport(deps, commandCaller, org, id, form);
  const done = await advance(deps, org, id, 'committing', 'saving');
  const { created = 0, updated = 0, left = 0, unchanged = 0, waiting = 0, refused = 0 } = done.results ?? {};
  if (!options.json)
    out.print(
      `${created} created, ${updated} changed, ${left} left, ${unchanged} unchanged, ${waiting} waiting, ${refused} refused.`,
    );
  return done;
}

/** How often to look whether a service that has the import in hand is done, in ms. */
const PAUSE = 300;

/** Goes on with the import here, or waits for the service that is at it, until the state is over. */
async function advance(
  deps: ManagementDeps,
  org: string,
  id: string,
  state: ImportView['state'],
  words: string,
): Promise<ImportView> {
  const organizationId = (await readOrganization(deps, commandCaller, org)).id;
  const look = () => readImport(deps, commandCaller, org, id);
  const progress = showProgress(words, process.stderr, async () => (await look()).progress);
  try {
    for (;;) {
      await runImport(deps, { organizationId, id });
      const run = await look();
      if (run.state !== state) return run;
      await setTimeout(PAUSE);
    }
  } finally {
    progress.stop();
  }
}

const MOST_SHOWN = 20;

async function printStaged(
  deps: ManagementDeps,
  out: Output,
  org: string,
  { id, counts, brake }: ImportView,
): Promise<void> {
  const { create, update, leave, unchanged, problem } = counts;
  out.print(`${create} new, ${update} changed, ${leave} leaving, ${unchanged} unchanged, ${problem} with a problem.`);
  const { items } = await listImportRows(deps, commandCaller, org, id, { outcome: 'problem', limit: MOST_SHOWN });
  for (const { line, problems } of items)
    for (const { field, message } of problems) out.print(`  line ${line}, ${field}: ${message}`);
  if (problem > items.length) out.print(`  and ${problem - items.length} more`);
  if (brake?.reasons.length)
    out.print('More would leave or change than the limits let through: add --release-brake to save it all the same.');
}
