import { z } from 'zod';
import { ACTOR_KINDS } from '../domain/ledger-entry';
import { readLedger, type LedgerLine, type LedgerQuery } from '../storage/ledger';
import type { Caller, ManagementDeps } from './deps';
import { instant, line } from './fields';
import { reading } from './island';
import { pageOf, type Page, type PageQuery } from './page';

export type { LedgerLine };

export const auditEventFilter = z.strictObject({
  account: z.uuid().optional(),
  contact: z.uuid().optional(),
  action: line(60).optional(),
  area: line(30).optional().meta({ description: 'What stands before the dot of an action, as `account`.' }),
  actor: z.uuid().optional().meta({ description: 'Id of the account or API key that did it.' }),
  actorKind: z.enum(ACTOR_KINDS).optional(),
  source: z.uuid().optional(),
  from: instant.optional().meta({ description: 'From this moment on.' }),
  to: instant.optional().meta({ description: 'Before this moment.' }),
});
export type AuditEventFilter = z.output<typeof auditEventFilter>;

/** The organization's ledger, newest first, with the personal values that have not been erased. */
export const listAuditEvents = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { limit, cursor, ...filter }: PageQuery & AuditEventFilter,
): Promise<Page<LedgerLine>> =>
  reading(deps, caller, organization, 'audit-events:read', async ({ tx, organization: { id } }) => {
    const query = { organizationId: id, limit: limit + 1, before: cursor, ...queryOf(filter) };
    return pageOf(await readLedger(tx, query), limit);
  });

const queryOf = (filter: AuditEventFilter): Partial<LedgerQuery> => ({
  accountId: filter.account,
  contactId: filter.contact,
  action: filter.action,
  area: filter.area,
  actorId: filter.actor,
  actorKind: filter.actorKind,
  sourceId: filter.source,
  ...(filter.from && { from: new Date(filter.from) }),
  ...(filter.to && { to: new Date(filter.to) }),
});
