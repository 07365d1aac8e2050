import { randomBytes } from 'node:crypto';
import { root } from '../../src/config';
import { createMailroom } from '../../src/mail/outbox';
import { listAccounts, type AccountListQuery } from '../../src/management/account-list';
import { commandCaller, type ManagementDeps } from '../../src/management/deps';
import { createOrganization } from '../../src/management/organizations';
import { createOutbound } from '../../src/outbound/outbound';
import { openDatabase } from '../../src/storage/data-source';
import { migrateAt } from '../../src/storage/migrate';
import type { Database } from '../../src/storage/rows';
import { createSecretBox } from '../../src/storage/secret-box';
import { startPostgresServer } from '../support/postgres-server';
import { insertPeople } from './many-people';

const PEOPLE = Number(process.argv[2] ?? 100_000);
const TIMES = 7;
const PAGE = 50;
const PAGES = 500;

/** How long an admin waits for a list of an organization with many accounts; in milliseconds, the median of several. */
async function main(): Promise<void> {
  const postgres = await startPostgresServer();
  try {
    await migrateAt(postgres.url);
    const db = await openDatabase(postgres.url);
    const deps = depsOf(db);
    for (const slug of ['acme', 'globex']) await createOrganization(deps, commandCaller, { slug, name: slug });
    await timed(`${PEOPLE} accounts inserted`, () => insertPeople(db, 'acme', PEOPLE));
    await insertPeople(db, 'globex', PEOPLE / 10);
    await db.query('VACUUM ANALYZE');
    await measure(deps);
    await db.destroy();
  } finally {
    await postgres.stop();
  }
}

const depsOf = (db: Database): ManagementDeps => {
  const box = createSecretBox([randomBytes(32)]);
  const baseUrl = 'https://login.bench.example';
  const mailroom = createMailroom({ box, root, baseUrl });
  return {
    db,
    box,
    baseUrl,
    mailroom,
    outbound: createOutbound({ allow: [], timeoutMs: 1000 }),
    now: () => new Date(),
  };
};

async function measure(deps: ManagementDeps): Promise<void> {
  const list = (query: Omit<AccountListQuery, 'limit'>) =>
    listAccounts(deps, commandCaller, 'acme', { limit: PAGE, ...query });
  const searches = ['anna', 'anna lee77', 'müller4242', 'a', 'nobody', 'anna.lee99@acme'];
  for (const sort of ['createdAt', 'name', 'email', 'username', 'lastSignInAt'] as const)
    for (const order of ['asc', 'desc'] as const)
      await timed(`first page by ${sort} ${order}`, () => list({ sort, order }));
  let cursor: string | undefined;
  for (let page = 1; page < PAGES; page++) cursor = (await list({ sort: 'name', cursor })).nextCursor ?? undefined;
  await timed(`page ${PAGES} by name`, () => list({ sort: 'name', cursor }));
  for (const q of searches)
    for (const sort of ['name', 'lastSignInAt'] as const)
      await timed(`search '${q}' by ${sort}`, () => list({ q, sort }));
  await timed('suspended, by name', () => list({ status: 'suspended', sort: 'name' }));
  await timed('suspended, by last sign-in', () => list({ status: 'suspended', sort: 'lastSignInAt' }));
  await timed('privileged, by e-mail', () => list({ userType: 'Privileged', sort: 'email' }));
  await timed('first page by name with the count of all', () => list({ sort: 'name', total: true }));
  await timed(`search 'anna' with the count`, () => list({ q: 'anna', sort: 'name', total: true }));
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  const isOnce = what.endsWith('inserted');
  for (let time = 0; time < (isOnce ? 1 : TIMES); time++) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
  console.log(`${what.padEnd(45)} ${median.toFixed(1).padStart(8)} ms`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
