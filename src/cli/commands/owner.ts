import type { Command } from 'commander';
import { commandCaller } from '../../management/deps';
import { parseForm } from '../../management/form';
import { firstOwnerUrl, inviteForm, inviteOwner, listOwners, ownerForm, removeOwner } from '../../management/owners';
import { resetOwnersSecondFactor } from '../../management/second-factor';
import type { AccountView } from '../../storage/account-views';
import { Refusal } from '../failure';
import { mailNotes } from '../mail-notes';
import { withInstallation } from '../open';
import { printList, type Output, type Row } from '../output';

const COUNTS = 'It counts 48 hours and once.';

/** `owner`: who runs this installation. */
export function addOwner(program: Command, out: Output): void {
  const owner = program.command('owner').description('invite, list and remove those who run this installation');
  addInvite(owner, out);
  addList(owner, out);
  addRemove(owner, out);
  addReset(owner, out);
  addLink(owner, out);
}

function addInvite(owner: Command, out: Output): void {
  owner
    .command('invite')
    .description('make somebody an owner, or help one who cannot get in')
    .argument('<email>', 'their e-mail address')
    .option('--name <name>', 'their name, when they are new')
    .option('--print-link', 'print the link instead of mailing it; without SMTP_URL it always is')
    .addHelpText(
      'after',
      `
With the link they choose a password. It counts 48 hours and once; the one before it counts no more.

Examples:
  $ drawbridge owner invite dana@example.com --name "Dana Weber"
  $ drawbridge owner invite dana@example.com --print-link`,
    )
    .action(async (address: string, options: { name?: string; printLink?: boolean }) => {
      const form = parseForm(inviteForm, { email: address, name: options.name });
      const { made, config } = await withInstallation('owner invite', async (opened) => {
        const how = options.printLink || !opened.config.smtpUrl ? 'print' : 'mail';
        return { made: await inviteOwner(opened.deps, commandCaller, form, how), config: opened.config };
      });
      const { owner: invited, url } = made;
      out.print(`${invited.email} is ${invited.hasPassword ? 'an owner already' : 'invited as an owner'}.`);
      if (url && !options.printLink) out.print('SMTP_URL is not set, so the link is not mailed but printed here.');
      out.print(url ? `The link to choose a password:\n${url}` : 'The link to choose a password is mailed there.');
      out.print(COUNTS);
      if (!url) for (const note of await mailNotes(config)) out.print(note);
    });
}

function addList(owner: Command, out: Output): void {
  owner
    .command('list')
    .description('list every owner')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ drawbridge owner list')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await withInstallation('owner list', ({ deps }) => listOwners(deps, commandCaller));
      const empty = 'There is no owner yet; drawbridge owner link prints the link for the first one.';
      printList(out, found, { json, columns: rowOf, empty });
    });
}

function addRemove(owner: Command, out: Output): void {
  owner
    .command('remove')
    .description('make somebody an owner no more, and end their sessions')
    .argument('<email>', 'their e-mail address')
    .option('--yes', 'really do it')
    .addHelpText('after', '\nExample:\n  $ drawbridge owner remove dana@example.com --yes')
    .action(async (address: string, { yes }: { yes?: boolean }) => {
      const form = parseForm(ownerForm, { email: address });
      if (!yes) throw new Refusal([`this removes the owner ${form.email}; add --yes to do it`]);
      await withInstallation('owner remove', ({ deps }) => removeOwner(deps, commandCaller, form));
      out.print(`${form.email} is an owner no more.`);
    });
}

function addReset(owner: Command, out: Output): void {
  owner
    .command('reset-second-factor')
    .description('help an owner who lost authenticator app and recovery codes')
    .argument('<email>', 'their e-mail address')
    .option('--yes', 'really do it')
    .addHelpText(
      'after',
      `
It removes their second factor and ends their sessions. Whoever has their password sets up another with the next sign-in:
make sure that it is they who ask.

Example:
  $ drawbridge owner reset-second-factor dana@example.com --yes`,
    )
    .action(async (address: string, { yes }: { yes?: boolean }) => {
      const form = parseForm(ownerForm, { email: address });
      if (!yes) throw new Refusal([`this removes the second factor of ${form.email}; add --yes to do it`]);
      await withInstallation('owner reset-second-factor', ({ deps }) =>
        resetOwnersSecondFactor(deps, commandCaller, form),
      );
      out.print(`${form.email} sets up a second factor anew with the next sign-in; every session has ended.`);
    });
}

function addLink(owner: Command, out: Output): void {
  owner
    .command('link')
    .description('print a new link for the first owner, as long as there is none')
    .addHelpText('after', `\n${COUNTS} The one before it counts no more.\n\nExample:\n  $ drawbridge owner link`)
    .action(async () => {
      const url = await withInstallation('owner link', ({ deps }) => firstOwnerUrl(deps, commandCaller));
      if (!url)
        throw new Refusal([
          'there is an owner already: drawbridge owner list; one who cannot get in is helped by owner invite',
        ]);
      out.print(url);
      out.print(COUNTS);
    });
}

const rowOf = ({ email, displayName, status, createdAt, lastSignInAt }: AccountView): Row => ({
  ...{ email, name: displayName, status, created: createdAt },
  'last sign-in': lastSignInAt,
});
