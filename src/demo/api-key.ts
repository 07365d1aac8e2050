import { createApiKey } from '../management/api-keys';
import { commandCaller, type ManagementDeps } from '../management/deps';
import { findApiKey } from '../storage/api-keys';

/** A key for trying the management API: the one of former starts while it is good, otherwise a new one. */
export async function demoApiKey(deps: ManagementDeps, former: string | undefined): Promise<string> {
  if (former && (await findApiKey(deps.db.manager, former, deps.now()))) return former;
  const { key } = await createApiKey(deps, commandCaller, { name: 'Demo', scopes: ['*'] });
  return key;
}
