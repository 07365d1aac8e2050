import type { AttemptId, ConnectionId, OrganizationId } from '../domain/ids';
import { row, rows, type Transaction } from './rows';
import type { SecretBox } from './secret-box';

/** Captures that are kept of one connection, the newest. */
const MOST_CAPTURES = 200;
/** Nobody reads one that is older; the clean-up job deletes it. */
export const CAPTURE_HOURS = 24;

const COLUMN = 'sign_in_captures.captured';

export interface CapturePlace {
  organizationId: OrganizationId;
  connectionId: ConnectionId;
  attemptId: AttemptId;
}

/** What came in at one attempt; of several answers the last one. */
export interface CaptureLine {
  connectionId: ConnectionId;
  capturedAt: Date;
  captured: unknown;
}

/** Keeps what came in at an attempt, sealed; the oldest of the connection make room. */
export async function keepCapture(
  tx: Transaction,
  box: SecretBox,
  { organizationId, connectionId, attemptId }: CapturePlace,
  captured: object,
  at: Date,
): Promise<void> {
  const sealed = box.seal(JSON.stringify(captured), { organizationId, column: COLUMN });
  await tx.query(
    `INSERT INTO sign_in_captures (organization_id, attempt_id, connection_id, captured, captured_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (organization_id, attempt_id) DO UPDATE SET captured = excluded.captured, captured_at = excluded.captured_at`,
    [organizationId, attemptId, connectionId, sealed, at],
  );
  await tx.query(
    `DELETE FROM sign_in_captures WHERE organization_id = $1 AND attempt_id IN (
       SELECT attempt_id FROM sign_in_captures WHERE organization_id = $1 AND connection_id = $2
        ORDER BY captured_at DESC, attempt_id DESC OFFSET $3)`,
    [organizationId, connectionId, MOST_CAPTURES],
  );
}

/** What came in at an attempt, while it may be read. */
export async function findCapture(
  tx: Transaction,
  box: SecretBox,
  organizationId: OrganizationId,
  attemptId: AttemptId,
  now: Date,
): Promise<CaptureLine | undefined> {
  const found = await row<{ connectionId: ConnectionId; captured: string; capturedAt: Date }>(
    tx,
    `SELECT connection_id, captured, captured_at FROM sign_in_captures
      WHERE organization_id = $1 AND attempt_id = $2 AND captured_at > $3::timestamptz - make_interval(hours => $4)`,
    [organizationId, attemptId, now, CAPTURE_HOURS],
  );
  if (!found) return undefined;
  const { captured, ...line } = found;
  return { ...line, captured: JSON.parse(box.open(captured, { organizationId, column: COLUMN })) as unknown };
}

/** Deletes what was kept of a connection; yields how many. */
export async function deleteCaptures(
  tx: Transaction,
  organizationId: OrganizationId,
  connectionId: ConnectionId,
): Promise<number> {
  const gone = await rows(
    tx,
    `DELETE FROM sign_in_captures WHERE organization_id = $1 AND connection_id = $2 RETURNING attempt_id`,
    [organizationId, connectionId],
  );
  return gone.length;
}
