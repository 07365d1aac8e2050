import type { Command } from 'commander';
import { readCommandConfig, withInstallationOf } from '../open';
import type { Output } from '../output';

/** `migrate`: brings the schema up to date, whatever MIGRATIONS says. */
export function addMigrate(program: Command, out: Output): void {
  program
    .command('migrate')
    .description('bring the database up to date')
    .addHelpText(
      'after',
      `
The service does this by itself at its start unless MIGRATIONS is off. Several at once do no harm: one migrates, the
others wait. Take a backup first.

Example:
  $ DATABASE_URL=postgres://… SECRET_KEYS=… drawbridge migrate`,
    )
    .action(async () => {
      const config = { ...(await readCommandConfig()), migrations: 'auto' as const };
      const migrated = await withInstallationOf(config, 'migrate', async ({ resources }) => resources.migrated);
      for (const name of migrated) out.print(`applied ${name}`);
      out.print(migrated.length ? 'The database is up to date now.' : 'The database was up to date already.');
    });
}
