import { v7 as uuid } from 'uuid';
import type { OrganizationId } from '../domain/ids';
import type { SourceKind } from '../domain/policy';
import { row, rows, type Transaction } from './rows';

export interface DayOfSignIns {
  /** `2026-11-12`, in UTC. */
  day: string;
  succeeded: number;
  refused: number;
}

const DAY = 24 * 3600 * 1000;

/**
 * Ids begin with their moment (RFC 9562, 5.7): a range of the primary key stands for a range of time. A day of room, for
 * what was begun on another machine's clock.
 */
const idsFrom = (moment: Date): string => uuid({ msecs: moment.getTime() - DAY, random: new Uint8Array(16) });

/** How sign-ins ended, by day; days without one are left out. */
export const signInsByDay = (tx: Transaction, organizationId: OrganizationId, since: Date): Promise<DayOfSignIns[]> =>
  rows<DayOfSignIns>(
    tx,
    `SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(*) FILTER (WHERE state = 'succeeded')::int AS succeeded,
            count(*) FILTER (WHERE state <> 'succeeded' AND refusal_code IS NOT NULL)::int AS refused
       FROM sign_in_attempts WHERE organization_id = $1 AND id >= $2 AND started_at >= $3 GROUP BY 1 ORDER BY 1`,
    [organizationId, idsFrom(since), since],
  );

export interface SourceCount {
  kind: SourceKind;
  name: string;
  accounts: number;
}

/** How many accounts came by each source, the most first. */
export const accountsBySource = (tx: Transaction, organizationId: OrganizationId): Promise<SourceCount[]> =>
  rows<SourceCount>(
    tx,
    `SELECT s.kind, s.name, n.accounts FROM
            (SELECT source_id, count(*)::int AS accounts FROM accounts
              WHERE organization_id = $1 AND status <> 'deleted' GROUP BY source_id) n
       JOIN sources s ON s.organization_id = $1 AND s.id = n.source_id ORDER BY n.accounts DESC, s.name`,
    [organizationId],
  );

/** How many accounts came to be since then and still are. */
export async function countArrived(tx: Transaction, organizationId: OrganizationId, since: Date): Promise<number> {
  const found = await row<{ arrived: number }>(
    tx,
    `SELECT count(*)::int AS arrived FROM accounts WHERE organization_id = $1 AND id >= $2 AND created_at >= $3 AND status <> 'deleted'`,
    [organizationId, idsFrom(since), since],
  );
  return found?.arrived ?? 0;
}

export interface Waiting {
  linkRequests: number;
  /** Mails that were given up. */
  failedMails: number;
}

/** What waits for an admin. */
export async function countWaiting(tx: Transaction, organizationId: OrganizationId, since: Date): Promise<Waiting> {
  const found = await row<Waiting>(
    tx,
    `SELECT (SELECT count(*)::int FROM link_requests WHERE organization_id = $1 AND state = 'open') AS link_requests,
            (SELECT count(*)::int FROM mails WHERE organization_id = $1 AND id >= $2 AND failed_at >= $3) AS failed_mails`,
    [organizationId, idsFrom(since), since],
  );
  return found ?? { linkRequests: 0, failedMails: 0 };
}
