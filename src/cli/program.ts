import { Command } from 'commander';
import { readVersion } from '../installation';
import { addAccount } from './commands/account';
import { addApiKey } from './commands/api-key';
import { addApplication } from './commands/application';
import { addApply } from './commands/apply';
import { addDoctor } from './commands/doctor';
import { addImport } from './commands/import';
import { addMigrate } from './commands/migrate';
import { addOrganization } from './commands/organization';
import { addOwner } from './commands/owner';
import { addSigningKeys } from './commands/signing-keys';
import type { Output } from './output';

const EXAMPLES = `
Examples:
  $ drawbridge doctor
  $ drawbridge org create acme --name "Acme Inc."
  $ drawbridge account create acme --email ada@acme.example --given Ada --family Lovelace
  $ drawbridge apply organizations.json
  $ drawbridge api-key create --name "CI"

Commands read the same environment as the service and work beside it: on DATABASE_URL where it is set, otherwise on
the embedded database in DATA_DIR (./data), which is started for the command when no service runs.`;

/** Every command. Add one in a file of its own under commands/ and here. */
export function createProgram(out: Output): Command {
  const program = new Command('drawbridge')
    .description('Operates a Drawbridge installation from the shell.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureOutput({ writeOut: out.raw, writeErr: out.rawError })
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride()
    .addHelpText('after', EXAMPLES);
  const commands = [
    ...[addMigrate, addApply, addOrganization, addAccount, addImport, addApplication],
    ...[addSigningKeys, addOwner, addApiKey, addDoctor],
  ];
  for (const add of commands) add(program, out);
  return program;
}
