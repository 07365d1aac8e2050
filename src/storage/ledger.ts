import { v7 as uuid } from 'uuid';
import type { ContactId, OrganizationId, SourceId } from '../domain/ids';
import type { Actor, LedgerEntry, LedgerValue } from '../domain/ledger-entry';
import { rows, type Transaction } from './rows';

/** Writes entries and, beside them, the personal values that changed. Append-only; in the transaction of the change. */
export async function writeLedger(
  tx: Transaction,
  at: Date,
  entries: readonly (LedgerEntry & { values?: readonly LedgerValue[] })[],
): Promise<void> {
  if (!entries.length) return;
  const lines = entries.map((entry) => ({ id: uuid(), ...entry }));
  const entryRows = lines.map(({ values: _kept, ...line }) => ({
    ...line,
    fields: line.fields ?? [],
    details: line.details ?? {},
  }));
  const values = lines.flatMap(({ id, organizationId, values: kept }) =>
    (kept ?? []).map((value) => ({ ...value, entryId: id, organizationId })),
  );
  await tx.query(
    `WITH entries AS (
       INSERT INTO ledger_entries (id, organization_id, at, actor, action, outcome, contact_id, account_id, connection_id, source_id,
                                   attempt_id, resource, fields, details, request_id)
       SELECT e.id, e."organizationId", $2, e.actor, e.action, e.outcome, e."contactId", e."accountId", e."connectionId", e."sourceId",
              e."attemptId", e.resource, e.fields, e.details, e."requestId"
         FROM jsonb_to_recordset($1::jsonb) AS e(id uuid, "organizationId" uuid, actor jsonb, action text, outcome text, "contactId" uuid,
              "accountId" uuid, "connectionId" uuid, "sourceId" uuid, "attemptId" uuid, resource text, fields text[], details jsonb, "requestId" text))
     INSERT INTO ledger_values (entry_id, organization_id, contact_id, field, before, after)
     SELECT * FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[])`,
    [
      ...[JSON.stringify(entryRows), at],
      ...[values.map(({ entryId }) => entryId), values.map(({ organizationId }) => organizationId)],
      ...[values.map(({ contactId }) => contactId), values.map(({ field }) => field)],
      ...[values.map(({ before }) => before), values.map(({ after }) => after)],
    ],
  );
}

export interface LedgerLine {
  id: string;
  at: Date;
  actor: Actor;
  action: string;
  outcome: string | null;
  contactId: string | null;
  accountId: string | null;
  connectionId: string | null;
  sourceId: string | null;
  attemptId: string | null;
  resource: string | null;
  fields: readonly string[];
  details: Readonly<Record<string, unknown>>;
  requestId: string | null;
  /** Personal values before and after, while they have not been erased. */
  changes: readonly { field: string; before: string | null; after: string | null }[];
}

export interface LedgerQuery {
  organizationId: OrganizationId;
  limit: number;
  /** Id of the last line of the page before. */
  before?: string;
  contactId?: ContactId;
  accountId?: string;
  action?: string;
  /** What stands before the dot of the action: `account`. */
  area?: string;
  /** Whoever did it: an account or an API key. */
  actorId?: string;
  actorKind?: Actor['kind'];
  sourceId?: SourceId;
  /** From this moment on. */
  from?: Date;
  /** Before this moment. */
  to?: Date;
}

/** A page of the ledger, newest first. */
export function readLedger(tx: Transaction, query: LedgerQuery): Promise<LedgerLine[]> {
  return rows<LedgerLine>(
    tx,
    `SELECT e.id, e.at, e.actor, e.action, e.outcome, e.contact_id, e.account_id, e.connection_id, e.source_id, e.attempt_id, e.resource,
            e.fields, e.details, e.request_id,
            coalesce((SELECT json_agg(json_build_object('field', v.field, 'before', v.before, 'after', v.after) ORDER BY v.field)
                        FROM ledger_values v WHERE v.entry_id = e.id), '[]') AS changes
       FROM ledger_entries e
      WHERE e.organization_id = $1 AND ($3::uuid IS NULL OR e.id < $3) AND ($4::uuid IS NULL OR e.contact_id = $4)
        AND ($5::uuid IS NULL OR e.account_id = $5) AND ($6::text IS NULL OR e.action = $6)
        AND ($7::text IS NULL OR starts_with(e.action, $7 || '.'))
        AND ($8::text IS NULL OR $8 IN (e.actor ->> 'id', e.actor ->> 'accountId')) AND ($9::text IS NULL OR e.actor ->> 'kind' = $9)
        AND ($10::uuid IS NULL OR e.source_id = $10)
        AND ($11::timestamptz IS NULL OR e.at >= $11) AND ($12::timestamptz IS NULL OR e.at < $12)
      ORDER BY e.id DESC LIMIT $2`,
    [
      query.organizationId,
      query.limit,
      query.before ?? null,
      query.contactId ?? null,
      query.accountId ?? null,
      query.action ?? null,
      query.area ?? null,
      query.actorId ?? null,
      query.actorKind ?? null,
      query.sourceId ?? null,
      query.from ?? null,
      query.to ?? null,
    ],
  );
}
