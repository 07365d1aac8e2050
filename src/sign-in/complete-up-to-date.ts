import type { CompleteInput, Completion } from '../connections/connection';
import { completeAt, isOutdatedAt, refreshAt } from '../connections/registry';
import { claimRefresh, findConnection, updateConnection, type SignInConnection } from '../storage/connections';
import { writeLedger } from '../storage/ledger';
import { lockKeys } from '../storage/people';
import { inTransaction } from '../storage/transaction';
import type { SignInDeps } from './deps';

/** Security 14: whoever sends strange signatures makes us call the provider this often and no more. */
const REFRESH_MS = 5 * 60_000;

/** Refreshes of this process that are under way, by connection: who comes meanwhile waits instead of being refused. */
const underWay = new Map<string, Promise<Completion | undefined>>();

/**
 * Completes at the connection. Where the refusal may mean that the provider has changed since its settings were read,
 * it is completed once more with what the provider publishes now; where that does not help, the refusal stands.
 */
export async function completeUpToDate(
  deps: SignInDeps,
  connection: SignInConnection,
  input: CompleteInput,
): Promise<Completion> {
  const opened = deps.openConnection(connection);
  const first = await completeAt(deps.connections, opened, input);
  if (!isOutdatedAt(deps.connections, opened, first)) return first;
  const second = await completeAgain(deps, connection, input);
  return second && !isOutdatedAt(deps.connections, opened, second) ? second : first;
}

async function completeAgain(
  deps: SignInDeps,
  connection: SignInConnection,
  input: CompleteInput,
): Promise<Completion | undefined> {
  const { organizationId, id, version } = connection;
  const completed = await alone(`${organizationId}|${id}`, () => completeRefreshed(deps, connection, input));
  if (completed) return completed;
  // Another request, or another process, may have been first.
  const present = await findConnection(deps.db.manager, organizationId, id);
  if (!present || present.version === version) return undefined;
  return completeAt(deps.connections, deps.openConnection(present), input);
}

/** Does the work, unless it is under way: then yields undefined as soon as it is done. */
async function alone(key: string, work: () => Promise<Completion | undefined>): Promise<Completion | undefined> {
  const others = underWay.get(key);
  if (others) return others.then(() => undefined);
  const own = work().finally(() => underWay.delete(key));
  underWay.set(key, own);
  return own;
}

/** Asks the provider, outside any transaction, and keeps what it says where that verifies this reply. */
async function completeRefreshed(
  deps: SignInDeps,
  connection: SignInConnection,
  input: CompleteInput,
): Promise<Completion | undefined> {
  const { organizationId, id } = connection;
  const now = deps.now();
  const oldest = new Date(now.getTime() - REFRESH_MS);
  if (!(await claimRefresh(deps.db.manager, organizationId, id, now, oldest))) return undefined;
  const refreshed = await refreshAt(deps.connections, deps.openConnection(connection), now);
  if (!refreshed) return undefined;
  const completion = await completeAt(deps.connections, refreshed.opened, input);
  if (isOutdatedAt(deps.connections, refreshed.opened, completion)) return undefined;
  return (await keep(deps, connection, refreshed, now)) ? completion : undefined;
}

/** False, with nothing written, when somebody changed the connection meanwhile. */
const keep = (
  deps: SignInDeps,
  { organizationId, id, version }: SignInConnection,
  { change, details }: { change: object; details: Readonly<Record<string, readonly string[]>> },
  now: Date,
): Promise<boolean> =>
  inTransaction(deps.db, async (tx) => {
    await lockKeys(tx, organizationId, [`connection|${id}`]);
    const present = await findConnection(tx, organizationId, id);
    if (present?.version !== version) return false;
    await updateConnection(tx, organizationId, id, { settings: { ...(present.settings as object), ...change } });
    const entry = { organizationId, actor: { kind: 'system' as const }, connectionId: id, details };
    await writeLedger(tx, now, [{ ...entry, action: 'connection.metadata_refreshed', fields: Object.keys(change) }]);
    return true;
  });
