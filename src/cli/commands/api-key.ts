import { InvalidArgumentError, type Command } from 'commander';
import { createApiKey, listApiKeys, newApiKeyForm, revokeApiKey, type ApiKeyView } from '../../management/api-keys';
import { commandCaller } from '../../management/deps';
import { parseForm } from '../../management/form';
import { SCOPES } from '../../management/scopes';
import { isUuid } from '../../management/uuid';
import { everyItem } from '../every-item';
import { Refusal } from '../failure';
import { withInstallation } from '../open';
import { printList, printOne, type Output, type Row } from '../output';

const DAY_MS = 86_400_000;
const MOST_DAYS = 3650;

interface CreateOptions {
  name: string;
  org?: string;
  scope?: readonly string[];
  expires?: number;
  json?: boolean;
}

/** `api-key`: keys for the management API. */
export function addApiKey(program: Command, out: Output): void {
  const apiKey = program.command('api-key').description('create, list and revoke keys for the management API');
  addCreate(apiKey, out);
  addList(apiKey, out);
  addRevoke(apiKey, out);
}

function addCreate(apiKey: Command, out: Output): void {
  apiKey
    .command('create')
    .description('create a key and print it, this once')
    .requiredOption('--name <name>', 'what it is for')
    .option('--org <slug>', 'the only organization it may see; without: every one')
    .option('--scope <scope...>', 'what it may do, such as accounts:write; without: everything (*)')
    .option('--expires <days>', 'how many days it is good for; without: until it is revoked', days)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Scopes: ${SCOPES.join(' ')}
A write scope includes reading. A key for every organization carries all rights.

Examples:
  $ drawbridge api-key create --name "CI"
  $ drawbridge api-key create --name "HR" --org acme --scope accounts:write groups:read --expires 90`,
    )
    .action(async (options: CreateOptions) => {
      const { name, org: organization, scope: scopes = ['*'], expires } = options;
      const expiresAt = expires && new Date(Date.now() + expires * DAY_MS).toISOString();
      const form = parseForm(newApiKeyForm, { name, organization, scopes, expiresAt });
      const made = await withInstallation('api-key create', ({ deps }) => createApiKey(deps, commandCaller, form));
      printOne(out, made, { ...options, columns: (one) => ({ ...summaryOf(one), key: one.key }) });
      if (!options.json) out.print('\nThe key is shown this once; keep it now.');
    });
}

function addList(apiKey: Command, out: Output): void {
  apiKey
    .command('list')
    .description('list every key, newest first, without its secret')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ drawbridge api-key list')
    .action(async (options: { json?: boolean }) => {
      const found = await withInstallation('api-key list', ({ deps }) =>
        everyItem((page) => listApiKeys(deps, commandCaller, page)),
      );
      const columns = (key: ApiKeyView): Row => ({
        ...summaryOf(key),
        'last used': key.lastUsedAt,
        revoked: key.revokedAt,
      });
      const empty = 'There is no key yet; make one: drawbridge api-key create --name "CI"';
      printList(out, found, { ...options, columns, empty });
    });
}

function addRevoke(apiKey: Command, out: Output): void {
  apiKey
    .command('revoke')
    .description('end a key at once')
    .argument('<id>', 'its id, as the list shows it')
    .addHelpText('after', '\nExample:\n  $ drawbridge api-key revoke 0199f6d2-…')
    .action(async (id: string) => {
      if (!isUuid(id)) throw new Refusal(['this is not the id of a key; drawbridge api-key list shows them'], true);
      await withInstallation('api-key revoke', ({ deps }) => revokeApiKey(deps, commandCaller, id));
      out.print(`${id} is revoked.`);
    });
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MOST_DAYS)
    throw new InvalidArgumentError(`It takes a number of days from 1 to ${MOST_DAYS}.`);
  return value;
}

const summaryOf = ({ id, name, prefix, organization, scopes, expiresAt }: ApiKeyView): Row => ({
  id,
  name,
  begins: prefix,
  organization: organization ?? 'every one',
  scopes: scopes.join(' '),
  expires: expiresAt,
});
