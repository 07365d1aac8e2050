import type { Command } from 'commander';
import { passwordForm } from '../../management/account-forms';
import { sendAccountLink, setAccountPassword } from '../../management/credentials';
import { commandCaller } from '../../management/deps';
import { resetSecondFactor } from '../../management/second-factor';
import { parseForm } from '../../management/form';
import { accountKey, findAccount, type AccountKey } from '../account-key';
import { mailNotes } from '../mail-notes';
import { withInstallation } from '../open';
import type { Output } from '../output';
import { readPassword } from '../password-input';

/** `account send-link`, `set-password`, `reset-second-factor`. */
export function addAccountCredentials(account: Command, out: Output): void {
  addSendLink(account, out);
  addSetPassword(account, out);
  addResetSecondFactor(account, out);
}

function addSendLink(account: Command, out: Output): void {
  account
    .command('send-link')
    .description('mail a link with which the person chooses a password')
    .argument('<org>', 'its custom URL')
    .argument('<account>', 'e-mail address or id', accountKey)
    .addHelpText(
      'after',
      `
The link counts 48 hours and once; the one before it counts no more.

Example:
  $ drawbridge account send-link initech peter@initech.example`,
    )
    .action(async (org: string, key: AccountKey) => {
      const { email, notes } = await withInstallation('account send-link', async ({ deps, config }) => {
        const { id } = await findAccount(deps, org, key);
        const sent = await sendAccountLink(deps, commandCaller, org, id);
        return { email: sent.email, notes: await mailNotes(config) };
      });
      out.print(`A link for ${email} is made; it counts 48 hours and once.`);
      for (const note of notes) out.print(note);
    });
}

function addSetPassword(account: Command, out: Output): void {
  account
    .command('set-password')
    .description('set the password that comes on standard input, and end every session')
    .argument('<org>', 'its custom URL')
    .argument('<account>', 'e-mail address or id', accountKey)
    .addHelpText(
      'after',
      `
One newline at the end is cut. The person is told by mail that the password was changed.

Examples:
  $ drawbridge account set-password initech peter@initech.example <password-file
  $ pass show initech/peter | drawbridge account set-password initech peter@initech.example`,
    )
    .action(async (org: string, key: AccountKey) => {
      const form = parseForm(passwordForm, { password: await readPassword(out) });
      const { email, notes } = await withInstallation('account set-password', async ({ deps, config }) => {
        const { id } = await findAccount(deps, org, key);
        const changed = await setAccountPassword(deps, commandCaller, org, id, form);
        return { email: changed.email, notes: await mailNotes(config) };
      });
      out.print(`The password of ${email} in ${org} is set; every session has ended, and a mail tells so.`);
      for (const note of notes) out.print(note);
    });
}

function addResetSecondFactor(account: Command, out: Output): void {
  account
    .command('reset-second-factor')
    .description('remove the second factor of a person who lost it, and end every session')
    .argument('<org>', 'its custom URL')
    .argument('<account>', 'e-mail address or id', accountKey)
    .addHelpText('after', '\nExample:\n  $ drawbridge account reset-second-factor initech peter@initech.example')
    .action(async (org: string, key: AccountKey) => {
      const { email } = await withInstallation('account reset-second-factor', async ({ deps }) => {
        const { id } = await findAccount(deps, org, key);
        return resetSecondFactor(deps, commandCaller, org, id);
      });
      out.print(`${email} in ${org} has no second factor any more; every session has ended.`);
    });
}
