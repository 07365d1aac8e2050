import type { LedgerLine } from '../storage/ledger';
import { listAuditEvents, type AuditEventFilter } from './audit-events';
import type { Caller, ManagementDeps } from './deps';
import { csvFile, type ExportFile } from './export-file';
import { changing } from './island';

/** At most so many lines leave in one export. */
const MOST_EXPORTED = 100_000;
const PER_READ = 1_000;

/** Codes and ids, for programs and for filters. */
const COLUMNS = [
  ...['at', 'action', 'outcome', 'actor', 'actorId', 'accountId', 'contactId', 'connectionId', 'sourceId', 'attemptId'],
  ...['resource', 'fields', 'details', 'changes', 'requestId', 'id'],
];

/**
 * Every line that the filter finds, newest first, as CSV. That it was taken out is itself a line of the ledger, written
 * before the first leaves.
 */
export async function exportAuditEvents(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  filter: AuditEventFilter,
): Promise<ExportFile> {
  await changing(deps, caller, organization, 'audit-events:read', ({ note }) =>
    note({ action: 'ledger.exported', details: { filters: Object.keys(filter).sort() } }),
  );
  return csvFile(`ledger-${organization}`, COLUMNS, lines(deps, caller, organization, filter));
}

async function* lines(deps: ManagementDeps, caller: Caller, organization: string, filter: AuditEventFilter) {
  let cursor: string | undefined;
  for (let left = MOST_EXPORTED; left > 0; left -= PER_READ) {
    const page = await listAuditEvents(deps, caller, organization, { limit: PER_READ, cursor, ...filter });
    yield* page.items.map(recordOf);
    if (!page.nextCursor) return;
    cursor = page.nextCursor;
  }
}

function recordOf({ actor, ...line }: LedgerLine): Record<string, string> {
  const record = {
    ...line,
    actor: actor.kind,
    actorId: 'id' in actor ? actor.id : (actor.kind === 'person' && actor.accountId) || null,
  };
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, inText(value)]));
}

function inText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
