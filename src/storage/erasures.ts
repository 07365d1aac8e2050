import { v7 as uuid } from 'uuid';
import type { AccountId, ContactId, OrganizationId } from '../domain/ids';
import { row, rows, type Transaction } from './rows';

/** That somebody was erased; ids only. */
export interface Erasure {
  id: string;
  contactId: ContactId;
  accountId: AccountId | null;
  erasedAt: Date;
}

const COLUMNS = 'id, contact_id, account_id, erased_at';

/** Keeps that somebody was erased; an earlier note stays. */
export async function insertErasure(
  tx: Transaction,
  organizationId: OrganizationId,
  { contactId, accountId, erasedAt }: Omit<Erasure, 'id'>,
): Promise<void> {
  await tx.query(
    `INSERT INTO erasures (organization_id, id, contact_id, account_id, erased_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [organizationId, uuid(), contactId, accountId, erasedAt],
  );
}

export const findErasure = (
  tx: Transaction,
  organizationId: OrganizationId,
  contactId: ContactId,
): Promise<Erasure | undefined> =>
  row<Erasure>(tx, `SELECT ${COLUMNS} FROM erasures WHERE organization_id = $1 AND contact_id = $2`, [
    organizationId,
    contactId,
  ]);

/** A page of erasures, oldest first. */
export const listErasures = (
  tx: Transaction,
  { organizationId, limit, after }: { organizationId: OrganizationId; limit: number; after?: string },
): Promise<Erasure[]> =>
  rows<Erasure>(
    tx,
    `SELECT ${COLUMNS} FROM erasures WHERE organization_id = $1 AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $2`,
    [organizationId, limit, after ?? null],
  );
