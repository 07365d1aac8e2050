import type { ConnectionId, OrganizationId } from '../domain/ids';
import { row, rows, type Transaction } from './rows';

/** True the first time the id of an assertion, or of a logout message, is seen at a connection until it expires (security 11). */
export async function consumeAssertion(
  tx: Transaction,
  organizationId: OrganizationId,
  connectionId: ConnectionId,
  assertionHash: Buffer,
  expiresAt: Date,
): Promise<boolean> {
  const first = await rows(
    tx,
    `INSERT INTO consumed_assertions (organization_id, connection_id, assertion_hash, expires_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [organizationId, connectionId, assertionHash, expiresAt],
  );
  return first.length > 0;
}

/** Keeps a reply for the GET that follows; the text is sealed. */
export async function holdReply(
  tx: Transaction,
  held: {
    organizationId: OrganizationId;
    connectionId: ConnectionId;
    handleHash: Buffer;
    reply: string;
    expiresAt: Date;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO held_replies (organization_id, connection_id, handle_hash, reply, expires_at) VALUES ($1, $2, $3, $4, $5)`,
    [held.organizationId, held.connectionId, held.handleHash, held.reply, held.expiresAt],
  );
}

/** Takes a held reply out, once. */
export async function takeReply(
  tx: Transaction,
  organizationId: OrganizationId,
  connectionId: ConnectionId,
  handleHash: Buffer,
  now: Date,
): Promise<string | undefined> {
  const taken = await row<{ reply: string }>(
    tx,
    `DELETE FROM held_replies WHERE organization_id = $1 AND connection_id = $2 AND handle_hash = $3 AND expires_at > $4 RETURNING reply`,
    [organizationId, connectionId, handleHash, now],
  );
  return taken?.reply;
}
