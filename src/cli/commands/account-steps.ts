import type { Command } from 'commander';
import { OWNERS_SLUG } from '../../domain/organization';
import { takeStep } from '../../management/account-status';
import { commandCaller } from '../../management/deps';
import { accountKey, findAccount, type AccountKey } from '../account-key';
import { Refusal } from '../failure';
import { withInstallation } from '../open';
import type { Output } from '../output';

/** What is said of each, and what has happened afterwards. */
const STEPS = {
  suspend: ['keep a person out at once; only an admin lifts it', 'suspended'],
  reactivate: ['let a person in again who was suspended or deactivated', 'active again'],
  deactivate: ['keep a person out as a source does when they leave', 'deactivated'],
} as const;

/** `account suspend`, `reactivate`, `deactivate`, `delete`. */
export function addAccountSteps(account: Command, out: Output): void {
  for (const action of Object.keys(STEPS) as (keyof typeof STEPS)[]) addStep(account, out, action);
  addDelete(account, out);
}

function addStep(account: Command, out: Output, action: keyof typeof STEPS): void {
  const [description, became] = STEPS[action];
  account
    .command(action)
    .description(description)
    .argument('<org>', 'its custom URL')
    .argument('<account>', 'e-mail address or id', accountKey)
    .addHelpText('after', `\nExample:\n  $ drawbridge account ${action} acme ada@acme.example`)
    .action(async (org: string, key: AccountKey) => {
      const { email } = await withInstallation(`account ${action}`, async ({ deps }) => {
        const found = await findAccount(deps, org, key);
        await takeStep(deps, commandCaller, org, found.id, action);
        return found;
      });
      out.print(`${email} is ${became} in ${org}.`);
    });
}

function addDelete(account: Command, out: Output): void {
  account
    .command('delete')
    .description('delete an account; its e-mail address and username are free again')
    .argument('<org>', 'its custom URL')
    .argument('<account>', 'e-mail address or id', accountKey)
    .option('--yes', 'really do it')
    .addHelpText('after', '\nExample:\n  $ drawbridge account delete acme ada@acme.example --yes')
    .action(async (org: string, key: AccountKey, { yes }: { yes?: boolean }) => {
      if (org === OWNERS_SLUG) throw new Refusal(['owners are removed by drawbridge owner remove']);
      const { email } = await withInstallation('account delete', async ({ deps }) => {
        const found = await findAccount(deps, org, key);
        if (!yes) throw new Refusal([`this deletes the account of ${found.email} in ${org}; add --yes to do it`]);
        await takeStep(deps, commandCaller, org, found.id, 'delete');
        return found;
      });
      out.print(`${email} is deleted in ${org}.`);
    });
}
