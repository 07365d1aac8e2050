import { Option, type Command } from 'commander';
import { OWNERS_SLUG } from '../../domain/organization';
import { newAccountForm, type NewAccountForm } from '../../management/account-forms';
import { createAccount } from '../../management/accounts';
import { commandCaller } from '../../management/deps';
import { parseForm } from '../../management/form';
import type { AccountView } from '../../storage/account-views';
import { Refusal } from '../failure';
import { mailNotes } from '../mail-notes';
import { withInstallation } from '../open';
import { printOne, type Output, type Row } from '../output';
import { readPassword } from '../password-input';

interface CreateOptions {
  email: string;
  given: string;
  family: string;
  group?: readonly string[];
  passwordStdin?: boolean;
  sendLink?: boolean;
  adminManaged?: boolean;
  accessUntil?: string;
  contact?: string;
  json?: boolean;
}

export function addAccountCreate(account: Command, out: Output): void {
  account
    .command('create')
    .description('create an account')
    .argument('<org>', 'its custom URL')
    .requiredOption('--email <address>', 'e-mail address')
    .requiredOption('--given <name>', 'given name')
    .requiredOption('--family <name>', 'family name')
    .option('--group <name...>', 'groups it is in, by name or id')
    .addOption(new Option('--password-stdin', 'set the password that comes on standard input').conflicts('sendLink'))
    .option('--send-link', 'mail a link with which the person chooses a password')
    .option('--admin-managed', 'only admins change it: no links, no forgotten password')
    .option('--access-until <instant>', 'when access ends, such as 2027-03-31T16:00:00Z')
    .option('--contact <id>', 'the contact that gets the account; without: a new one')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
In an organization with SSO the account is complete: the first sign-in links to it. Elsewhere the person needs a
password: set one, or send a link, which counts 48 hours and once.

Examples:
  $ drawbridge account create acme --email ada@acme.example --given Ada --family Lovelace
  $ drawbridge account create initech --email peter@initech.example --given Peter --family Gibbons --send-link
  $ drawbridge account create initech --email nina@initech.example --given Nina --family Neibel --password-stdin <file`,
    )
    .action((org: string, options: CreateOptions) => create(org, options, out));
}

async function create(org: string, options: CreateOptions, out: Output): Promise<void> {
  if (org === OWNERS_SLUG) throw new Refusal(['owners are made by drawbridge owner invite']);
  const form = parseForm(newAccountForm, await fieldsOf(options, out));
  const { made, notes } = await withInstallation('account create', async ({ deps, config }) => ({
    made: await createAccount(deps, commandCaller, org, form),
    notes: form.sendLink ? await mailNotes(config) : [],
  }));
  printOne(out, made, { json: options.json, columns: summaryOf });
  const say = options.json ? out.complain : out.print;
  for (const note of notes) say(note);
  if (!options.json && isWithoutWayIn(made, form))
    out.print(`\n${made.email} has no password yet: send a link, or set one.`);
}

async function fieldsOf(options: CreateOptions, out: Output): Promise<Record<keyof NewAccountForm, unknown> | object> {
  const { email, given: givenName, family: familyName, group: groups, sendLink, adminManaged } = options;
  const { accessUntil, contact: contactId, passwordStdin } = options;
  const password = passwordStdin ? await readPassword(out) : undefined;
  return { email, givenName, familyName, groups, password, sendLink, adminManaged, accessUntil, contactId };
}

/** Waits for somebody without having told them. */
const isWithoutWayIn = ({ status }: AccountView, { password, sendLink }: NewAccountForm): boolean =>
  status === 'invited' && password === undefined && !sendLink;

const summaryOf = ({ email, displayName, username, id, status, groups }: AccountView): Row => ({
  ...{ email, name: displayName, username, id, status },
  groups: groups.join(', '),
});
