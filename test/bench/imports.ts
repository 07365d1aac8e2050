import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { root } from '../../src/config';
import { createMailroom } from '../../src/mail/outbox';
import { commandCaller, type ManagementDeps } from '../../src/management/deps';
import { importCommitForm, importFileForm } from '../../src/management/import-forms';
import { runImport } from '../../src/management/import-run';
import { listImportRows } from '../../src/management/import-rows';
import { commitImport } from '../../src/management/import-steps';
import { readImport, startImport } from '../../src/management/imports';
import { createOutbound } from '../../src/outbound/outbound';
import { openDatabase } from '../../src/storage/data-source';
import { migrateAt } from '../../src/storage/migrate';
import type { Database } from '../../src/storage/rows';
import { createSecretBox } from '../../src/storage/secret-box';
import { startPostgresServer } from '../support/postgres-server';
import { copyIn, copyOut, costOf } from './copy';
import { createDestination } from './newcomers';

const PEOPLE = Number(process.argv[2] ?? 100_000);
const GIVEN = ['Anna', 'Bob', 'Chen', 'Dilara', 'Emeka', 'Fatima', 'Grace', 'Hugo', 'Inés', 'Jürgen'];

/**
 * A file of people from its upload to their accounts, beside COPY of the very rows that came of it into the same tables with
 * their indexes; what the staging page waits for; and the most memory that the process had.
 */
async function main(): Promise<void> {
  const postgres = await startPostgresServer();
  const files = await mkdtemp(join(tmpdir(), 'drawbridge-copy-'));
  const memory = watchMemory();
  try {
    await chmod(files, 0o777);
    await migrateAt(postgres.url);
    const db = await openDatabase(postgres.url);
    const { organizationId } = await createDestination(db, PEOPLE);
    const deps = depsOf(db);
    const content = Buffer.from(stringify([HEADER, ...Array.from({ length: PEOPLE }, (_, at) => personOf(at))]));
    memory.begin();
    let id = '';
    const staging = await costOf(postgres, `${PEOPLE} people staged`, async () => {
      id = (await startImport(deps, commandCaller, 'acme', { name: 'people.csv', content }, parse(importFileForm))).id;
      await runImport(deps, { organizationId, id });
    });
    await measureFirstView(deps, id);
    const saving = await costOf(postgres, `${PEOPLE} people saved`, async () => {
      await commitImport(deps, commandCaller, 'acme', id, parse(importCommitForm));
      await runImport(deps, { organizationId, id });
    });
    console.log(`memory: ${memory.end()} MB more at most than before`);
    const { results } = await readImport(deps, commandCaller, 'acme', id);
    if (results?.created !== PEOPLE) throw new Error(`everybody gets an account, but ${JSON.stringify(results)}`);
    await copyOut(db, files);
    const copy = await costOf(postgres, 'COPY of the same rows', () => copyIn(db, files, PEOPLE));
    const ratio = (of: 'wallMs' | 'cpuMs') => ((staging[of] + saving[of]) / copy[of]).toFixed(2);
    console.log(`ratio: wall ${ratio('wallMs')}, CPU ${ratio('cpuMs')}`);
    await db.destroy();
  } finally {
    memory.end();
    await postgres.stop();
    await rm(files, { recursive: true, force: true });
  }
}

const HEADER = ['User name', 'Email', 'Given name', 'Family name', 'Department', 'Title', 'Groups', 'External ID'];
const personOf = (at: number): string[] => {
  const [given, family] = [GIVEN[at % GIVEN.length] ?? '', `Lee${Math.floor(at / 40)}`];
  const department = `Department ${at % 20}`;
  return [
    `${given} ${family}`,
    `person${at}@acme.example`,
    given,
    family,
    department,
    'Engineer',
    department,
    `E${at}`,
  ];
};

const parse = <T>(form: { parse(input: unknown): T }): T => form.parse({});

async function measureFirstView(deps: ManagementDeps, id: string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    const begin = performance.now();
    await readImport(deps, commandCaller, 'acme', id);
    await listImportRows(deps, commandCaller, 'acme', id, { limit: 100 });
    times.push(performance.now() - begin);
  }
  console.log(`first view of the staging page: ${times.sort((a, b) => a - b)[3]?.toFixed(0)} ms (median of 7)`);
}

/** The peak of this process's resident set, in MB beyond the beginning; looked at twenty times a second. */
function watchMemory(): { begin(): void; end(): number } {
  let [first, most] = [0, 0];
  const look = () => void (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(look, 50);
  return {
    begin: () => {
      first = process.memoryUsage.rss();
      most = first;
    },
    end: () => {
      clearInterval(timer);
      return Math.round((most - first) / 1024 / 1024);
    },
  };
}

function depsOf(db: Database): ManagementDeps {
  const box = createSecretBox([randomBytes(32)]);
  const baseUrl = 'https://login.bench.example';
  const outbound = createOutbound({ allow: [], timeoutMs: 1000 });
  return { db, box, baseUrl, mailroom: createMailroom({ box, root, baseUrl }), outbound, now: () => new Date() };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
