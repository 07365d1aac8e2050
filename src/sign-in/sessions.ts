import { v7 as uuid } from 'uuid';
import type { AccountId, ConnectionId, OrganizationId } from '../domain/ids';
import type { ExternalIdentity } from '../domain/proof';
import type { Transaction } from '../storage/rows';
import { insertSession, type NewSession } from '../storage/sessions';

export interface SessionStart {
  organizationId: OrganizationId;
  accountId: AccountId;
  /** Null: by password. */
  connectionId: ConnectionId | null;
  proof: Pick<ExternalIdentity, 'authenticatedAt' | 'amr' | 'acr' | 'principal' | 'sessionIndex' | 'notOnOrAfter'>;
  policy: { sessionHours: number; idleMinutes: number };
  now: Date;
  userAgent?: string;
  /** By password past the identity provider. */
  isBreakGlass?: boolean;
}

/** Begins a session row; it ends with the policy's hours, or earlier when the identity provider says so (security 8). */
export async function beginSession(tx: Transaction, start: SessionStart): Promise<NewSession> {
  const session = newSession(start);
  await insertSession(tx, session);
  return session;
}

/** A session as it would begin. */
export function newSession({ proof, policy, now, userAgent, ...whose }: SessionStart): NewSession {
  const byPolicy = new Date(now.getTime() + policy.sessionHours * 3_600_000);
  const { notOnOrAfter } = proof;
  return {
    ...whose,
    id: uuid(),
    principal: proof.principal ?? null,
    sessionIndex: proof.sessionIndex ?? null,
    amr: proof.amr,
    acr: proof.acr ?? null,
    authenticatedAt: proof.authenticatedAt,
    createdAt: now,
    expiresAt: notOnOrAfter && notOnOrAfter < byPolicy ? notOnOrAfter : byPolicy,
    idleSeconds: policy.idleMinutes * 60,
    userAgent: userAgent?.slice(0, 256) ?? null,
  };
}
