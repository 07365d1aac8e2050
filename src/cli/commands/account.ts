import { Option, type Command } from 'commander';
import { ACCOUNT_STATUSES } from '../../domain/account';
import { accountFilter, listAccounts } from '../../management/account-list';
import { readIdentities } from '../../management/accounts';
import { commandCaller, type ManagementDeps } from '../../management/deps';
import { listEmailLinks } from '../../management/email-links';
import { parseForm } from '../../management/form';
import type { AccountView } from '../../storage/account-views';
import { accountKey, findAccount, type AccountKey } from '../account-key';
import { everyItem } from '../every-item';
import { withInstallation } from '../open';
import { printList, printOne, type Output, type Row } from '../output';
import { addAccountCreate } from './account-create';
import { addAccountCredentials } from './account-credentials';
import { addAccountSteps } from './account-steps';

interface ListOptions {
  email?: string;
  status?: string;
  json?: boolean;
}

/** `account`: the accounts of an organization. */
export function addAccount(program: Command, out: Output): void {
  const account = program.command('account').description('list, create, suspend and delete accounts; send links');
  addList(account, out);
  addShow(account, out);
  addAccountCreate(account, out);
  addAccountSteps(account, out);
  addAccountCredentials(account, out);
}

function addList(account: Command, out: Output): void {
  const statuses = ACCOUNT_STATUSES.filter((status) => status !== 'deleted');
  account
    .command('list')
    .description('list the accounts of an organization')
    .argument('<org>', 'its custom URL')
    .option('--email <address>', 'only the one with this e-mail address')
    .addOption(new Option('--status <status>', 'only those in this state').choices(statuses))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ drawbridge account list acme\n  $ drawbridge account list acme --status invited',
    )
    .action(async (org: string, { email, status, json }: ListOptions) => {
      const filter = parseForm(accountFilter, { email, status });
      const found = await withInstallation('account list', ({ deps }) =>
        everyItem((page) => listAccounts(deps, commandCaller, org, { ...page, ...filter })),
      );
      const none = email || status ? 'There is no such account.' : `${org} has no accounts yet.`;
      printList(out, found, { json, columns: rowOf, empty: none });
    });
}

function addShow(account: Command, out: Output): void {
  account
    .command('show')
    .description('show one account: how it signs in, and what became of its links')
    .argument('<org>', 'its custom URL')
    .argument('<account>', 'its e-mail address or id', accountKey)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ drawbridge account show acme ada@acme.example')
    .action(async (org: string, key: AccountKey, { json }: { json?: boolean }) => {
      const found = await withInstallation('account show', ({ deps }) => look(deps, org, key));
      if (json) return out.print(JSON.stringify(found, null, 2));
      printOne(out, found, { columns: fieldsOf });
      out.print('');
      printList(out, found.identities, {
        columns: ({ connectionName, kind, subject, lastUsedAt }) => ({
          ...{ connection: connectionName, kind, subject },
          'last used': lastUsedAt,
        }),
        empty: 'No identity of a provider.',
      });
      out.print('');
      printList(out, found.emailLinks, {
        columns: ({ id, purpose, state, createdAt, expiresAt, failure }) => ({
          ...{ link: id, for: purpose.replace('_', ' '), state, created: createdAt, expires: expiresAt },
          'mail server': failure?.response,
        }),
        empty: 'No links were made.',
      });
    });
}

async function look(deps: ManagementDeps, org: string, key: AccountKey) {
  const account = await findAccount(deps, org, key);
  const { items: identities } = await readIdentities(deps, commandCaller, org, account.id);
  const emailLinks = await everyItem((page) =>
    listEmailLinks(deps, commandCaller, org, { ...page, accountId: account.id }),
  );
  return { ...account, identities, emailLinks };
}

const rowOf = ({ email, displayName, username, status, source, lastSignInAt }: AccountView): Row => ({
  ...{ email, name: displayName, username, status, source },
  'last sign-in': lastSignInAt,
});

const fieldsOf = (account: AccountView): Row => ({
  ...rowOf(account),
  id: account.id,
  contact: account.contactId,
  verified: account.emailVerified ? 'yes' : 'no',
  groups: account.groups.join(', '),
  profile: account.permissionProfile,
  licence: account.licence,
  'admin-managed': account.adminManaged ? 'yes' : 'no',
  'access until': account.accessUntil,
  created: account.createdAt,
});
