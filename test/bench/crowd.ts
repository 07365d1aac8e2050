import { once } from 'node:events';
import { createSamlKey } from '../../src/demo/saml-response';
import { freePort } from '../support/free-port';
import { startPostgresServer } from '../support/postgres-server';
import { until } from '../support/processes';
import { byPassword, bySso, inTurns, prepare, startService, type Tally } from './school';

const PEOPLE = Number(process.argv[2] ?? 2000);
const FIVE_MINUTES = 300_000;

/** Security 20 at its full size: everybody of a school behind one address, by SSO and by password, on two processes. */
async function main(): Promise<void> {
  const postgres = await startPostgresServer();
  const port = await freePort();
  const service = startService(port, postgres.url);
  try {
    const origin = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${origin}/readyz`)).status === 200, 120_000, 'the service');
    const key = await createSamlKey('bench');
    const connection = await prepare(origin, postgres.url, key, PEOPLE);
    await report(`SSO, ${PEOPLE} people`, (tally) =>
      inTurns(PEOPLE, (person) => bySso(origin, connection, key, person, tally)),
    );
    await report(`password, ${PEOPLE} people, every other mistypes first`, (tally) =>
      inTurns(PEOPLE, (person) => byPassword(origin, person, tally)),
    );
  } finally {
    service.kill();
    await once(service, 'exit');
    await postgres.stop();
  }
}

async function report(part: string, run: (tally: Tally) => Promise<void>): Promise<void> {
  const tally: Tally = { statuses: new Map(), slowest: 0 };
  const begun = performance.now();
  await run(tally);
  const took = performance.now() - begun;
  const answers = [...tally.statuses].map(([status, count]) => `${count} x ${status}`).join(', ');
  console.log(`\n${part}: ${(took / 1000).toFixed(0)} s${took > FIVE_MINUTES ? ', more than five minutes' : ''}`);
  console.log(`  answered ${answers}; 429: ${tally.statuses.get(429) ?? 0}; slowest ${tally.slowest.toFixed(0)} ms`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
