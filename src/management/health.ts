import type { IdTokenAlgorithm } from '../domain/application';
import {
  readDatabaseFacts,
  readJobBacklog,
  readMailBacklog,
  type Backlog,
  type DatabaseFacts,
} from '../storage/health';
import { listSigningKeys } from '../storage/signing-keys';
import type { Caller, ManagementDeps } from './deps';
import type { Installation } from './installation';
import { requireScopeEverywhere } from './scopes';

/** How the installation is, for its owners: figures and names, no secrets. */
export interface Health extends Omit<Installation, 'database'> {
  node: string;
  database: DatabaseFacts & { kind: Installation['database']; milliseconds: number };
  jobs: Backlog;
  outbox: Backlog;
  /** Of the OpenID provider, newest first. */
  signingKeys: readonly { id: string; algorithm: IdTokenAlgorithm; createdAt: Date; activeFrom: Date }[];
}

const MAIL_DAYS = 7;
const DAY_MS = 86_400_000;

/** @throws AppError insufficient_scope, also for whoever is bound to one organization */
export async function readHealth(
  { db, now }: ManagementDeps,
  caller: Caller,
  { database: kind, ...installation }: Installation,
): Promise<Health> {
  requireScopeEverywhere(caller, 'organizations:read');
  const tx = db.manager;
  const before = now().getTime();
  const facts = await readDatabaseFacts(tx);
  const milliseconds = now().getTime() - before;
  const keys = await listSigningKeys(tx);
  return {
    ...installation,
    node: process.versions.node,
    database: { ...facts, kind, milliseconds },
    jobs: await readJobBacklog(tx),
    outbox: await readMailBacklog(tx, new Date(before - MAIL_DAYS * DAY_MS)),
    signingKeys: keys.map(({ id, algorithm, createdAt, activeFrom }) => ({ id, algorithm, createdAt, activeFrom })),
  };
}
