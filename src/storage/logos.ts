import type { OrganizationId } from '../domain/ids';
import { row, type Transaction } from './rows';

export interface Logo {
  contentType: string;
  content: Buffer;
}

export const findLogo = (tx: Transaction, id: OrganizationId): Promise<Logo | undefined> =>
  row(tx, `SELECT content_type, content FROM organization_logos WHERE organization_id = $1`, [id]);

/** Puts the logo in place of any before. @param version changes with the content */
export async function saveLogo(
  tx: Transaction,
  id: OrganizationId,
  { contentType, content }: Logo,
  version: string,
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO organization_logos (organization_id, content_type, content, created_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (organization_id) DO UPDATE
       SET content_type = excluded.content_type, content = excluded.content, created_at = excluded.created_at`,
    [id, contentType, content, now],
  );
  await nameVersion(tx, id, version);
}

/** Yields false when there was none. */
export async function deleteLogo(tx: Transaction, id: OrganizationId): Promise<boolean> {
  const gone = await row(tx, `DELETE FROM organization_logos WHERE organization_id = $1 RETURNING organization_id`, [
    id,
  ]);
  if (gone) await nameVersion(tx, id, null);
  return gone !== undefined;
}

const nameVersion = (tx: Transaction, id: OrganizationId, version: string | null): Promise<unknown> =>
  tx.query(`UPDATE organizations SET logo = $2, updated_at = now() WHERE id = $1`, [id, version]);
