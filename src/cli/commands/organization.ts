import type { Command } from 'commander';
import { commandCaller, type ManagementDeps } from '../../management/deps';
import { listConnections } from '../../management/connections';
import { listDomains } from '../../management/domains';
import { parseForm } from '../../management/form';
import { newOrganizationForm, organizationChangeForm } from '../../management/organization-forms';
import {
  changeOrganization,
  createOrganization,
  listOrganizations,
  readOrganization,
  removeOrganization,
  type OrganizationView,
} from '../../management/organizations';
import { everyItem } from '../every-item';
import { Refusal } from '../failure';
import { withInstallation } from '../open';
import { printList, printOne, type Output, type Row } from '../output';

interface ForPrograms {
  json?: boolean;
}

/** `org`: organizations. */
export function addOrganization(program: Command, out: Output): void {
  const org = program.command('org').description('list, create, rename and delete organizations');
  addList(org, out);
  addShow(org, out);
  addCreate(org, out);
  addRename(org, out);
  addDelete(org, out);
}

function addList(org: Command, out: Output): void {
  org
    .command('list')
    .description('list every organization')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ drawbridge org list --json')
    .action(async (options: ForPrograms) => {
      const found = await withInstallation('org list', ({ deps }) =>
        everyItem((page) => listOrganizations(deps, commandCaller, page)),
      );
      const empty = 'There is no organization yet; make one: drawbridge org create acme --name "Acme Inc."';
      printList(out, found, { ...options, columns: summaryOf, empty });
    });
}

function addShow(org: Command, out: Output): void {
  org
    .command('show')
    .description('show one organization with its domains and connections')
    .argument('<slug>', 'its custom URL, one it used to have, or its id')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ drawbridge org show acme')
    .action(async (slug: string, options: ForPrograms) => {
      const found = await withInstallation('org show', ({ deps }) => look(deps, slug));
      if (options.json) return out.print(JSON.stringify(found, null, 2));
      const { domains, connections, technicalContacts } = found;
      printOne(out, found, { columns: (one) => ({ ...summaryOf(one), contacts: technicalContacts.join(', ') }) });
      out.print('');
      printList(out, domains, {
        columns: ({ domain, verified }) => ({ domain, verified: verified ? 'yes' : 'no' }),
        empty: 'No domains.',
      });
      out.print('');
      printList(out, connections, {
        columns: ({ id, name, kind, state }) => ({ connection: id, name, kind, state }),
        empty: 'No connections.',
      });
    });
}

async function look(deps: ManagementDeps, slug: string) {
  const organization = await readOrganization(deps, commandCaller, slug);
  const domains = await everyItem((page) => listDomains(deps, commandCaller, slug, page));
  const connections = await everyItem((page) => listConnections(deps, commandCaller, slug, page));
  return { ...organization, domains, connections };
}

function addCreate(org: Command, out: Output): void {
  org
    .command('create')
    .description('create an organization')
    .argument('<slug>', 'its custom URL: lower-case letters, digits and hyphens')
    .requiredOption('--name <name>', 'as people know it')
    .option('--external-id <id>', 'your own id of it')
    .option('--contact <email...>', 'whom people are told to ask when they cannot get in')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ drawbridge org create acme --name "Acme Inc." --contact it@acme.example')
    .action(
      async (
        slug: string,
        options: ForPrograms & { name: string; externalId?: string; contact?: readonly string[] },
      ) => {
        const { name, externalId, contact: technicalContacts } = options;
        const form = parseForm(newOrganizationForm, { slug, name, externalId, technicalContacts });
        const made = await withInstallation('org create', ({ deps }) => createOrganization(deps, commandCaller, form));
        printOne(out, made, { ...options, columns: summaryOf });
      },
    );
}

function addRename(org: Command, out: Output): void {
  org
    .command('rename')
    .description('change the custom URL; the old one redirects and stays reserved')
    .argument('<slug>', 'the present custom URL')
    .argument('<new>', 'the new one')
    .addHelpText('after', '\nExample:\n  $ drawbridge org rename acme acme-inc')
    .action(async (slug: string, wanted: string) => {
      const form = parseForm(organizationChangeForm, { slug: wanted });
      const renamed = await withInstallation('org rename', ({ deps }) =>
        changeOrganization(deps, commandCaller, slug, form),
      );
      out.print(`${slug} is ${renamed.slug} now: ${renamed.signInUrl}`);
    });
}

function addDelete(org: Command, out: Output): void {
  org
    .command('delete')
    .description('delete an organization with everything in it but its ledger')
    .argument('<slug>', 'its custom URL')
    .option('--yes', 'really do it')
    .addHelpText('after', '\nExample:\n  $ drawbridge org delete acme --yes')
    .action(async (slug: string, { yes }: { yes?: boolean }) => {
      await withInstallation('org delete', async ({ deps }) => {
        const { name } = await readOrganization(deps, commandCaller, slug);
        if (!yes)
          throw new Refusal([
            `this deletes ${slug} (${name}) with its accounts, connections and settings, for ever; add --yes to do it`,
          ]);
        await removeOrganization(deps, commandCaller, slug);
      });
      out.print(`${slug} is deleted.`);
    });
}

const summaryOf = ({ slug, name, id, signInUrl, createdAt }: OrganizationView): Row => ({
  slug,
  name,
  id,
  'sign-in': signInUrl,
  created: createdAt,
});
