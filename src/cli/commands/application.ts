import { InvalidArgumentError, type Command } from 'commander';
import { newApplicationForm, rotateSecretForm } from '../../management/application-forms';
import {
  createApplication,
  listApplications,
  removeApplication,
  rotateSecret,
  type ApplicationView,
  type ApplicationWithSecret,
} from '../../management/applications';
import { commandCaller, type ManagementDeps } from '../../management/deps';
import { parseForm } from '../../management/form';
import { everyItem } from '../every-item';
import { Refusal } from '../failure';
import { withInstallation } from '../open';
import { printList, printOne, type Output, type Row } from '../output';

interface ForPrograms {
  json?: boolean;
}

/** `application`: those that sign people in through the bridge. */
export function addApplication(program: Command, out: Output): void {
  const application = program
    .command('application')
    .description('register, list and delete applications that sign people in')
    .addHelpText('after', '\nAn application is named by its client id, or by its id.');
  addCreate(application, out);
  addList(application, out);
  addShow(application, out);
  addRotateSecret(application, out);
  addDelete(application, out);
}

interface CreateOptions extends ForPrograms {
  name: string;
  redirect: readonly string[];
  postLogout?: readonly string[];
  backchannelLogout?: string;
  initiateLogin?: string;
  org?: readonly string[];
  group?: readonly string[];
  auth?: string;
  clientId?: string;
}

function addCreate(application: Command, out: Output): void {
  application
    .command('create')
    .description('register an application and print its secret, this once')
    .requiredOption('--name <name>', 'as people know it')
    .requiredOption('--redirect <uri...>', 'where the browser comes back to with the answer')
    .option('--post-logout <uri...>', 'where the browser may be sent after a sign-out')
    .option('--backchannel-logout <uri>', 'is told of every sign-out')
    .option('--initiate-login <uri>', 'where people begin in it; they find it among their applications')
    .option('--org <slug...>', 'the only organizations it is for; without: every one')
    .option('--group <name...>', 'the only groups it is for; without: everyone')
    .option('--auth <method>', 'client_secret_basic (default), client_secret_post, or none')
    .option('--client-id <id>', 'its client id; without: one is made')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ drawbridge application create --name Timesheets --redirect https://timesheets.example/callback',
    )
    .action(async (options: CreateOptions) => {
      const form = parseForm(newApplicationForm, formOf(options));
      const made = await withInstallation('application create', ({ deps }) =>
        createApplication(deps, commandCaller, form),
      );
      printWithSecret(out, made, options);
    });
}

/** As the API takes it; what was not given is left to its defaults. */
const formOf = (options: CreateOptions): object => ({
  name: options.name,
  redirectUris: options.redirect,
  postLogoutRedirectUris: options.postLogout,
  backchannelLogoutUri: options.backchannelLogout,
  initiateLoginUri: options.initiateLogin,
  organizations: options.org,
  access: options.group && { groups: options.group },
  tokenEndpointAuthMethod: options.auth,
  clientId: options.clientId,
});

function addList(application: Command, out: Output): void {
  application
    .command('list')
    .description('list every application, without its secret')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ drawbridge application list')
    .action(async (options: ForPrograms) => {
      const found = await withInstallation('application list', ({ deps }) => everyApplication(deps));
      const empty = 'There is no application yet; register one: drawbridge application create --help';
      printList(out, found, { ...options, columns: summaryOf, empty });
    });
}

function addShow(application: Command, out: Output): void {
  application
    .command('show')
    .description('show one application as it is registered')
    .argument('<application>', 'its client id, or its id')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ drawbridge application show my-app')
    .action(async (name: string, options: ForPrograms) => {
      const found = await withInstallation('application show', ({ deps }) => applicationNamed(deps, name));
      printOne(out, found, { ...options, columns: detailsOf });
    });
}

function addRotateSecret(application: Command, out: Output): void {
  application
    .command('rotate-secret')
    .description('make another secret and print it, this once')
    .argument('<application>', 'its client id, or its id')
    .option('--overlap <hours>', 'how long the secrets there are go on working; without: 24', hours)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ drawbridge application rotate-secret my-app --overlap 48')
    .action(async (name: string, options: ForPrograms & { overlap?: number }) => {
      const form = parseForm(rotateSecretForm, { overlapHours: options.overlap });
      const made = await withInstallation('application rotate-secret', async ({ deps }) =>
        rotateSecret(deps, commandCaller, (await applicationNamed(deps, name)).id, form),
      );
      printWithSecret(out, made, options);
    });
}

function addDelete(application: Command, out: Output): void {
  application
    .command('delete')
    .description('delete an application; its tokens are void at once')
    .argument('<application>', 'its client id, or its id')
    .option('--yes', 'really do it')
    .addHelpText('after', '\nExample:\n  $ drawbridge application delete my-app --yes')
    .action(async (name: string, { yes }: { yes?: boolean }) => {
      await withInstallation('application delete', async ({ deps }) => {
        const found = await applicationNamed(deps, name);
        if (!yes)
          throw new Refusal([
            `this deletes ${found.clientId} (${found.name}); nobody can sign in to it any more; add --yes to do it`,
          ]);
        await removeApplication(deps, commandCaller, found.id);
      });
      out.print(`${name} is deleted.`);
    });
}

const everyApplication = (deps: ManagementDeps): Promise<ApplicationView[]> =>
  everyItem((page) => listApplications(deps, commandCaller, page));

async function applicationNamed(deps: ManagementDeps, name: string): Promise<ApplicationView> {
  const found = (await everyApplication(deps)).find(({ id, clientId }) => clientId === name || id === name);
  if (!found) throw new Refusal([`there is no application ${name}; drawbridge application list shows them`]);
  return found;
}

function printWithSecret(out: Output, made: ApplicationWithSecret, options: ForPrograms): void {
  const { clientSecret } = made;
  printOne(out, made, { ...options, columns: (one) => ({ ...detailsOf(one), 'client secret': clientSecret }) });
  if (clientSecret && !options.json) out.print('\nThe secret is shown this once; keep it now.');
}

function hours(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It takes a number of hours.');
  return value;
}

const summaryOf = ({ clientId, name, organizations, lastUsedAt }: ApplicationView): Row => ({
  'client id': clientId,
  name,
  organizations: organizations === 'all' ? 'every one' : organizations.join(' '),
  'last used': lastUsedAt,
});

const detailsOf = (one: ApplicationView): Row => ({
  ...summaryOf(one),
  id: one.id,
  issuer: one.issuer,
  redirects: one.redirectUris.join(' '),
  'begins at': one.initiateLoginUri,
  'told of sign-outs': one.backchannelLogoutUri,
  proves: one.tokenEndpointAuthMethod,
});
