import { pino, type Logger } from 'pino';
import { closing } from '../closing';
import { readConfig, root, type Config } from '../config';
import { allowSampleIdp } from '../demo/installation';
import { createMailroom } from '../mail/outbox';
import type { ManagementDeps } from '../management/deps';
import { openResources, type Resources } from '../resources';

export interface Opened {
  config: Config;
  resources: Resources;
  deps: ManagementDeps;
}

/** The environment as commands read it: beside a demo they may reach its sample identity provider. */
export const readCommandConfig = async (): Promise<Config> => allowSampleIdp(readConfig());

/** Silent unless something breaks: a command answers in its own words. */
export const commandLog = (config: Config): Logger =>
  pino({ level: ['debug', 'trace'].includes(config.logLevel) ? config.logLevel : 'error' }, process.stderr);

/**
 * Opens the installation for one command, beside a running service or alone, and closes it again.
 * @param command its name, as others read it while they wait
 */
export async function withInstallation<T>(command: string, work: (opened: Opened) => Promise<T>): Promise<T> {
  return withInstallationOf(await readCommandConfig(), command, work);
}

export async function withInstallationOf<T>(
  config: Config,
  command: string,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const role = { owner: `command drawbridge ${command}`, exclusive: false };
  const resources = await openResources(config, role, commandLog(config));
  return closing(resources.close, () => work({ config, resources, deps: managementDeps(config, resources) }));
}

/** What administration works with, for a command and for the demo. */
export const managementDeps = ({ baseUrl, mailFrom }: Config, { db, box, outbound }: Resources): ManagementDeps => ({
  db,
  box,
  outbound,
  mailroom: createMailroom({ box, root, baseUrl, mailFrom }),
  baseUrl,
  now: () => new Date(),
});
