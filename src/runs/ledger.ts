import type { ContactId } from '../domain/ids';
import type { LedgerEntry } from '../domain/ledger-entry';
import { writeLedger } from '../storage/ledger';
import type { Transaction } from '../storage/rows';
import type { RunLine } from '../storage/runs';

/** Writes what happened to a run, on behalf of whoever asked for it. */
export const noteRun = (
  tx: Transaction,
  { organizationId, id, sourceId, actor, requestId }: RunLine,
  now: Date,
  entry: Pick<LedgerEntry, 'action' | 'details'>,
): Promise<void> =>
  writeLedger(tx, now, [
    { ...entry, organizationId, actor, sourceId, resource: `import:${id}`, ...(requestId && { requestId }) },
  ]);

/** Writes that people whom a run had brought are gone again. */
export const noteRemoved = (
  tx: Transaction,
  { organizationId, id, sourceId, actor, requestId }: RunLine,
  contactIds: readonly ContactId[],
  now: Date,
): Promise<void> =>
  writeLedger(
    tx,
    now,
    contactIds.map((contactId) => ({
      ...{ action: 'contact.removed', organizationId, actor, sourceId, contactId, resource: `import:${id}` },
      ...(requestId && { requestId }),
    })),
  );
