import { gzipSync } from 'node:zlib';
import type { HttpClient } from '../support/http-client';
import { createInitech } from '../support/initech';
import { adminOf } from '../support/portal';
import { startPostgresServer } from '../support/postgres-server';
import { startService } from '../support/service';
import { migrateAt } from '../../src/storage/migrate';
import { insertContacts, insertPeople } from './many-people';

const PEOPLE = Number(process.argv[2] ?? 100_000);
const TIMES = 7;

const PAGES = [
  '',
  '/users',
  '/users?q=anna',
  '/users?q=nobody',
  '/users?sort=lastSignInAt&order=desc',
  '/users?status=suspended',
  '/users/new',
  '/new-users',
  '/catalog',
  '/catalog?sort=name&order=asc',
  '/catalog?q=anna',
  '/catalog?q=nobody',
  '/catalog?hasEmail=false',
  '/catalog?source=spreadsheet',
  '/catalog?show=all',
  '/groups',
  '/licences',
  '/connections',
  '/sources',
  '/link-requests',
  '/sign-ins',
  '/ledger',
  '/admins',
  '/settings',
];

/** How long a browser waits for each page of the portal of an organization with many accounts, and what the page weighs. */
async function main(): Promise<void> {
  const postgres = await startPostgresServer();
  await migrateAt(postgres.url);
  const service = await startService({ databaseUrl: postgres.url, env: { RATE_LIMIT: 'off' } });
  try {
    await createInitech(service);
    const browser = await adminOf(service, 'initech');
    await insertPeople(service.resources.db, 'initech', PEOPLE);
    await insertContacts(service.resources.db, 'initech', PEOPLE);
    await service.resources.db.query('VACUUM ANALYZE');
    await printAssets(browser);
    for (const path of PAGES) await print(browser, `/initech/admin${path}`);
    const list = await browser.get('/initech/admin/users?q=anna');
    const person = /href="(\/initech\/admin\/users\/[0-9a-f-]{36})"/.exec(list.text)?.[1];
    if (person) await print(browser, person);
  } finally {
    await service.stop();
    await postgres.stop();
  }
}

async function print(browser: HttpClient, path: string): Promise<void> {
  const times: number[] = [];
  let page = await browser.get(path);
  for (let time = 0; time < TIMES; time++) {
    const begin = performance.now();
    page = await browser.get(path);
    times.push(performance.now() - begin);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(TIMES / 2)] ?? NaN;
  const weight = gzipSync(page.text).length / 1000;
  const shown = path.replace(/[0-9a-f-]{36}/, '{id}');
  console.log(
    `${shown.padEnd(56)} ${page.status} ${median.toFixed(0).padStart(6)} ms ${weight.toFixed(1).padStart(6)} kB`,
  );
}

/** What a browser loads once beside the page. */
async function printAssets(browser: HttpClient): Promise<void> {
  for (const name of ['drawbridge.css', 'portal.css', 'portal.js', 'selection.js']) {
    const { text } = await browser.get(`/assets/${name}`);
    console.log(`${name.padEnd(67)} ${(gzipSync(text).length / 1000).toFixed(1).padStart(9)} kB`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
