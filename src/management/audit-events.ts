import { z } from 'zod';
import { readLedger, type LedgerLine } from '../storage/ledger';
import type { Caller, ManagementDeps } from './deps';
import { line } from './fields';
import { reading } from './island';
import { pageOf, type Page, type PageQuery } from './page';

export const auditEventFilter = z.strictObject({
  account: z.uuid().optional(),
  contact: z.uuid().optional(),
  action: line(60).optional(),
});
export type AuditEventFilter = z.output<typeof auditEventFilter>;

/** The organization's ledger, newest first, with the personal values that have not been erased. */
export const listAuditEvents = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { limit, cursor, account, contact, action }: PageQuery & AuditEventFilter,
): Promise<Page<LedgerLine>> =>
  reading(deps, caller, organization, 'audit-events:read', async ({ tx, organization: { id } }) => {
    const query = { organizationId: id, limit: limit + 1, before: cursor };
    return pageOf(await readLedger(tx, { ...query, accountId: account, contactId: contact, action }), limit);
  });
