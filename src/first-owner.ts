import type { Logger } from 'pino';
import { commandCaller, type ManagementDeps } from './management/deps';
import { firstOwnerUrl } from './management/owners';

/**
 * The line that a start prints as long as nobody is an owner; undefined afterwards. It is for standard output alone: the
 * link is a secret, and secrets are not logged (security 28).
 */
export async function firstOwnerLine(deps: ManagementDeps, log: Pick<Logger, 'error'>): Promise<string | undefined> {
  try {
    const url = await firstOwnerUrl(deps, commandCaller);
    return url && `First owner: ${url}  (counts once, 48 hours; a later start prints a new one)`;
  } catch (error) {
    // What serves already goes on serving.
    log.error({ err: error }, 'the link for the first owner could not be made; drawbridge owner link prints one');
    return undefined;
  }
}
