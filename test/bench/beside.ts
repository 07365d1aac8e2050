import { once } from 'node:events';
import { createSamlKey } from '../../src/demo/saml-response';
import { freePort } from '../support/free-port';
import { startPostgresServer } from '../support/postgres-server';
import { until } from '../support/processes';
import { API_KEY, bySso, inTurns, prepare, startService, type Tally } from './school';

const PEOPLE = Number(process.argv[2] ?? 100_000);
/** People who sign in in one round. */
const SIGNING_IN = 300;
const ROUNDS = 3;

/** Sign-ins by SSO each second while a file is imported, beside those while nothing else is done, in turns. */
async function main(): Promise<void> {
  const postgres = await startPostgresServer();
  const port = await freePort();
  const service = startService(port, postgres.url);
  try {
    const origin = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${origin}/readyz`)).status === 200, 120_000, 'the service');
    const key = await createSamlKey('bench');
    const connection = await prepare(origin, postgres.url, key, 1);
    const rate = async (): Promise<number> => {
      const tally: Tally = { statuses: new Map(), slowest: 0 };
      const begun = performance.now();
      await inTurns(SIGNING_IN, (person) => bySso(origin, connection, key, person, tally));
      return SIGNING_IN / ((performance.now() - begun) / 1000);
    };
    for (let warmUp = 0; warmUp < 2; warmUp++) await rate();
    const idle = await rates(rate);
    const id = await importPeople(origin);
    const busy = { staging: [] as number[], committing: [] as number[] };
    for (let state = 'staging'; state === 'staging' || state === 'committing'; state = await stateAfter(origin, id))
      busy[state].push(await rate());
    print('while nothing else is done', idle);
    print(`while ${PEOPLE} people are read`, busy.staging);
    print(`while they are saved`, busy.committing);
    const all = [...busy.staging, ...busy.committing];
    console.log(`ratio: ${(median(all) / median(idle)).toFixed(2)}`);
  } finally {
    service.kill();
    await once(service, 'exit');
    await postgres.stop();
  }
}

async function rates(rate: () => Promise<number>): Promise<number[]> {
  const all: number[] = [];
  while (all.length < ROUNDS) all.push(await rate());
  return all;
}

const imports = '/api/v1/organizations/initech/imports';
const headers = { authorization: `Bearer ${API_KEY}` };

async function importPeople(origin: string): Promise<string> {
  const lines = Array.from({ length: PEOPLE }, (_, at) => `Person ${at},person${at}@initech.example`);
  const form = new FormData();
  form.set('file', new Blob([['User name,Email', ...lines].join('\n')]), 'people.csv');
  const reply = await fetch(origin + imports, { method: 'POST', headers, body: form });
  return ((await reply.json()) as { id: string }).id;
}

async function stateOf(origin: string, id: string): Promise<string> {
  const reply = await fetch(`${origin}${imports}/${id}`, { headers });
  return ((await reply.json()) as { state: string }).state;
}

/** Where the import is; one that was read is saved. */
async function stateAfter(origin: string, id: string): Promise<string> {
  const state = await stateOf(origin, id);
  if (state !== 'staged') return state;
  const body = JSON.stringify({});
  await fetch(`${origin}${imports}/${id}/commit`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  return 'committing';
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const print = (what: string, values: readonly number[]): void =>
  console.log(
    `${median(values).toFixed(0)} sign-ins a second ${what} (${values.map((one) => one.toFixed(0)).join(', ')})`,
  );

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
