import cluster from 'node:cluster';
import { pino, type Logger } from 'pino';
import { managementDeps } from './cli/open';
import { closing } from './closing';
import { readConfig, type Config } from './config';
import { readInstallation } from './demo/installation';
import { firstOwnerLine } from './first-owner';
import { startJobs } from './jobs/jobs';
import { createSmtpTransport } from './mail/smtp';
import { openNotifier } from './notifier';
import { openResources, type Resources } from './resources';
import { serve } from './serve';
import { failStart } from './start-failure';
import { stopSignal } from './stop-signal';
import { superviseWorkers } from './workers';

/** config → resources → jobs → serve → drain. With several WORKERS this process holds the database and the others serve. */
async function main(): Promise<void> {
  const config = readConfig();
  const log = pino({ level: config.logLevel });
  const stop = stopSignal();
  const owner = cluster.isPrimary ? 'service' : 'worker of the service';
  const resources = await openResources(config, { owner, exclusive: true }, log);
  await closing(resources.close, async () => {
    // Before anybody is served: who says that it is ready has nothing left that could fail to start.
    const jobs = cluster.isPrimary ? await startOwnJobs(config, resources, log) : undefined;
    await closing(
      async () => jobs?.stop(),
      async () => {
        const running =
          cluster.isPrimary && config.workers > 1
            ? await superviseWorkers(config, resources, log)
            : await serve(config, resources, log);
        await closing(running.drain, async () => {
          if (cluster.isPrimary) await announce(config, resources, log);
          await stop;
        });
      },
    );
  });
}

async function startOwnJobs(config: Config, resources: Resources, log: Logger): Promise<{ stop(): Promise<void> }> {
  const { smtpUrl, mailFrom, baseUrl } = config;
  const transport = smtpUrl ? createSmtpTransport(smtpUrl, mailFrom, baseUrl) : undefined;
  const now = () => new Date();
  const notifier = openNotifier(config, resources, log, now);
  const jobs = await startJobs({
    ...{ ...resources, transport, notifier, log, now },
    management: managementDeps(config, resources),
  });
  return { stop: () => closing(async () => transport?.close(), jobs.stop) };
}

async function announce(config: Config, resources: Resources, log: Logger): Promise<void> {
  if (await readInstallation(config.dataDir).catch(() => undefined))
    log.warn('DATA_DIR is a demo: its sample identity provider signs anyone in; choose another for real use');
  if (!config.smtpUrl) log.warn('SMTP_URL is not set: mail waits in the outbox');
  log.info(`Drawbridge is ready at ${config.baseUrl}`);
  const firstOwner = await firstOwnerLine(managementDeps(config, resources), log);
  if (firstOwner) process.stdout.write(`${firstOwner}\n`);
}

main()
  .catch(failStart)
  // The channel to the primary keeps a worker alive that has nothing left to do.
  .finally(() => cluster.worker?.disconnect());
