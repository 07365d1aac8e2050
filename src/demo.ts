import { randomBytes } from 'node:crypto';
import { Command, CommanderError } from 'commander';
import { pino, type Logger } from 'pino';
import { readApplyFile } from './cli/apply-file';
import { explain } from './cli/failure';
import { managementDeps } from './cli/open';
import { closing } from './closing';
import { readConfig, type Config } from './config';
import { announcement, styleFor } from './demo/announce';
import { demoApiKey } from './demo/api-key';
import { plantApplications, type SampleClient } from './demo/applications';
import {
  allowPorts,
  readInstallation,
  saveInstallation,
  withEphemeralData,
  type DemoInstallation,
} from './demo/installation';
import { openDemoMail, type DemoMail } from './demo/mail';
import { moveConnections } from './demo/move';
import { addTiles, applyQuietly, listPlanted, listSamplePeople, plant } from './demo/plant';
import { startSampleApplication } from './demo/sample-application';
import { startSampleIdp, type SampleIdp } from './demo/sample-idp';
import { choosePort } from './demo/sample-idp-port';
import { firstOwnerLine } from './first-owner';
import { startJobs } from './jobs/jobs';
import type { ApplyForm } from './management/apply-form';
import { openNotifier } from './notifier';
import { openResources, reasonOf, StartError, type Resources } from './resources';
import { serve } from './serve';
import { stopSignal } from './stop-signal';

interface Options {
  ephemeral?: boolean;
  seed?: readonly string[];
}

interface Demo {
  config: Config;
  files: readonly ApplyForm[];
  isEphemeral: boolean;
  application: SampleClient;
  log: Logger;
  stop: Promise<void>;
}

/** The service, sample organizations and a sample identity provider in one process. */
async function run({ ephemeral = false, seed = [] }: Options): Promise<void> {
  const stop = stopSignal();
  const config = readConfig(undefined, { host: '127.0.0.1', logLevel: 'warn' });
  const log = pino({ level: config.logLevel });
  const files = await Promise.all(seed.map(readApplyFile));
  const demo = { config, files, isEphemeral: ephemeral, log, stop };
  if (!ephemeral) return open(demo);
  if (config.databaseUrl) throw new StartError('--ephemeral brings its own empty database; unset DATABASE_URL');
  await withEphemeralData((dataDir) => open({ ...demo, config: { ...config, dataDir } }));
}

async function open(demo: Omit<Demo, 'application'>): Promise<void> {
  const { config, log } = demo;
  const known = await readInstallation(config.dataDir);
  const sampleIdpPort = known?.sampleIdpPort ?? (await choosePort(config.port));
  const sampleApplication = known?.sampleApplication ?? {
    port: await choosePort(config.port, 2),
    clientSecret: randomBytes(32).toString('base64url'),
  };
  const here = allowPorts(config, [sampleIdpPort, sampleApplication.port]);
  const resources = await openResources(here, { owner: 'demo', exclusive: true }, log);
  await closing(resources.close, async () => {
    if (!known) await requireNobodyElses(here, resources);
    const installation = {
      ...(known ?? { sampleIdpPort, baseUrl: config.baseUrl, seeded: false }),
      sampleApplication,
    };
    await saveInstallation(config.dataDir, installation);
    const application = { clientId: 'sample-application', ...sampleApplication };
    await furnish({ ...demo, config: here, application }, resources, installation);
  });
}

/** Sample organizations do not belong among real ones: their identity provider signs anyone in. */
async function requireNobodyElses(config: Config, resources: Resources): Promise<void> {
  const planted = await listPlanted(managementDeps(config, resources));
  if (!planted.length) return;
  const where = config.databaseUrl ? 'DATABASE_URL' : `DATA_DIR ${config.dataDir}`;
  throw new StartError(`${where} holds an installation that is not a demo; choose another DATA_DIR, or --ephemeral`);
}

async function furnish(demo: Demo, resources: Resources, installation: DemoInstallation): Promise<void> {
  const { config, files, application, log } = demo;
  const deps = managementDeps(config, resources);
  const idp = await startIdp(config, installation.sampleIdpPort, log);
  await closing(idp.close, async () => {
    await moveConnections(resources.db, installation.baseUrl, config.baseUrl);
    const isFirst = !installation.seeded || !(await listPlanted(deps)).length;
    await plant(deps, idp, isFirst);
    await plantApplications(deps, application);
    for (const file of files) await applyQuietly(deps, file);
    const apiKey = config.bootstrapApiKey ? undefined : await demoApiKey(deps, installation.apiKey);
    const { baseUrl, dataDir } = config;
    await saveInstallation(dataDir, { ...installation, seeded: true, baseUrl, ...(apiKey && { apiKey }) });
    const mail = await openDemoMail(config);
    await closing(mail.close, async () => {
      const notifier = openNotifier(config, resources, log, deps.now);
      const jobs = await startJobs({
        ...{ ...resources, transport: mail.transport, notifier, log, now: deps.now },
        management: deps,
      });
      await closing(jobs.stop, async () => {
        const issuer = `${baseUrl}/oidc`;
        const sample = await startSampleApplication({ ...application, issuer, log });
        await closing(sample.close, () => serveUntilStopped(demo, resources, idp, mail, apiKey));
      });
    });
  });
}

async function serveUntilStopped(
  demo: Demo,
  resources: Resources,
  idp: SampleIdp,
  { pages }: DemoMail,
  apiKey?: string,
): Promise<void> {
  const { config, isEphemeral, application, log, stop } = demo;
  const inbox = pages && '/dev/mail';
  const service = await serve(config, resources, log, undefined, pages && inbox && { pages, inbox });
  await closing(service.drain, async () => {
    const deps = managementDeps(config, resources);
    const planted = await listPlanted(deps);
    addTiles(idp, planted);
    const people = await listSamplePeople(deps);
    const firstOwner = await firstOwnerLine(deps, log);
    const key = apiKey ?? 'the one in BOOTSTRAP_API_KEY';
    const told = { config, planted, idp, isEphemeral, people, inbox, firstOwner, apiKey: key, application };
    process.stdout.write(`${announcement(told, styleFor(process.stdout)).join('\n')}\n`);
    await stop;
  });
}

async function startIdp(config: Config, port: number, log: Logger): Promise<SampleIdp> {
  return startSampleIdp({ port, serviceOrigin: config.baseUrl, dataDir: config.dataDir, log }).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      throw new StartError(
        `the sample identity provider's 127.0.0.1:${port} is in use by another program, and the demo's connections lead there: stop that program, or start with --ephemeral or another DATA_DIR (${reasonOf(error)})`,
      );
    },
  );
}

const EXAMPLES = `
Examples:
  $ npm run demo
  $ npm run demo -- --ephemeral --seed organizations.json`;

new Command('demo')
  .description('Drawbridge with sample organizations and a sample identity provider, for trying it out.')
  .option('--ephemeral', 'start empty, in a temporary directory that is removed at the end')
  .option('--seed <file...>', 'apply files on top of the samples (docs/apply.md)')
  .addHelpText('after', EXAMPLES)
  .exitOverride()
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      for (const line of explain(error)) process.stderr.write(`drawbridge: ${line}\n`);
      process.exitCode = 1;
    }
  });
