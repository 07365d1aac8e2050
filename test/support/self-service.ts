import type { Transaction } from '../../src/storage/rows';
import { until } from './processes';
import type { Part } from './requires';
import type { Reply, SendOptions } from './http-client';
import { startRedis } from './redis';
import type { TestService } from './service';

/** What browser sessions and counters are kept in: the environment that says so, and how to let go of it. */
export type OpenStore = () => Promise<{ env: Readonly<Record<string, string>>; stop(): Promise<void> }>;

export const SESSION_STORES: readonly [name: string, needs: readonly Part[], open: OpenStore][] = [
  ['Postgres', ['postgres'], () => Promise.resolve({ env: {}, stop: () => Promise.resolve() })],
  [
    'Redis',
    ['postgres', 'redis'],
    async () => {
      const server = await startRedis();
      return { env: { REDIS_URL: server.url }, stop: () => server.stop() };
    },
  ],
];

/** Refusals as a program gets them. */
export const asProgram: SendOptions = { headers: { accept: 'application/json' } };

/** Status and code of a refusal that a program got. */
export const refusalOf = (reply: Reply): string => `${reply.status} ${reply.json<{ code: string }>().code}`;

/** Kinds of the mails that were written to an address, in order, whether or not they have left. */
export async function lettersTo(service: TestService, address: string, slug?: string): Promise<string[]> {
  const found = await service.resources.db.query<{ kind: string }[]>(
    `SELECT m.kind FROM mails m JOIN organization_slugs s ON s.organization_id = m.organization_id AND s.is_current
      WHERE m.recipient = $1 AND ($2::text IS NULL OR s.slug = $2) ORDER BY m.id`,
    [address, slug ?? null],
  );
  return found.map(({ kind }) => kind);
}

export interface TestAccount {
  id: string;
  contactId: string;
  email: string;
  emailVerified: boolean;
  username: string;
  givenName: string | null;
  familyName: string | null;
  displayName: string | null;
  locale: string | null;
  licence: string | null;
  status: string;
  source: string;
}

/** Every account with that address, as the API shows it. */
export const accountsOf = async (service: TestService, slug: string, email: string): Promise<TestAccount[]> =>
  (
    await service.api<{ items: TestAccount[] }>(
      'GET',
      `/organizations/${slug}/accounts?email=${encodeURIComponent(email)}`,
    )
  ).items;

/** The only account with that address. */
export async function accountOf(service: TestService, slug: string, email: string): Promise<TestAccount> {
  const [only, another] = await accountsOf(service, slug, email);
  if (!only || another) throw new Error(`there is not one account of ${email}`);
  return only;
}

export interface TestEmailLink {
  id: string;
  purpose: string;
  accountId: string | null;
  email: string | null;
  state: string;
  createdAt: string;
  expiresAt: string;
  openedAt: string | null;
  usedAt: string | null;
  failure: { status: number | null; response: string | null } | null;
}

/** An account's e-mail links as an admin sees them, newest first. */
export const emailLinksOf = async (service: TestService, slug: string, accountId?: string): Promise<TestEmailLink[]> =>
  (
    await service.api<{ items: TestEmailLink[] }>(
      'GET',
      `/organizations/${slug}/email-links${accountId ? `?accountId=${accountId}` : ''}`,
    )
  ).items;

/** Does the work while the service's clock stands still at that very instant. */
export async function standingAt<T>(service: TestService, instant: Date, work: () => Promise<T>): Promise<T> {
  const before = service.clock.offsetMs;
  const present = Date.now();
  const stopped = jest.spyOn(Date, 'now').mockReturnValue(present);
  service.clock.offsetMs = instant.getTime() - present;
  try {
    return await work();
  } finally {
    stopped.mockRestore();
    service.clock.offsetMs = before;
  }
}

/** A page without what differs from one answer to the next: the request id, and what was typed in. */
export const withoutTraces = ({ text }: Reply, typed: string): string =>
  text.replaceAll(typed, 'TYPED').replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID');

/** Milliseconds that `work` takes for each of the inputs, many times in turn; the medians, and how long all took. */
export async function mediansOf<K extends string>(
  times: number,
  inputs: Readonly<Record<K, () => Promise<unknown>>>,
): Promise<Record<K, number>> {
  const names = Object.keys(inputs) as K[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let turn = 0; turn < times; turn++)
    for (const name of turn % 2 ? names.toReversed() : names) {
      const begun = performance.now();
      await inputs[name]();
      taken[name].push(performance.now() - begun);
    }
  return Object.fromEntries(names.map((name) => [name, median(taken[name])])) as Record<K, number>;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;

/** Every table that holds one of these texts in any column. */
export async function tablesHolding(service: TestService, ...texts: readonly string[]): Promise<string[]> {
  const { db } = service.resources;
  const tables = await db.query<{ name: string }[]>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const held = await db.query<unknown[]>(
      `SELECT 1 FROM ${name} t, unnest($1::text[]) wanted WHERE position(wanted IN t::text) > 0 LIMIT 1`,
      [texts],
    );
    if (held.length) found.push(name);
  }
  return found;
}

/** Sends a request while `happen` is done but not committed, and commits once the request waits for it. Yields its answer. */
export async function meanwhile<T>(
  { resources: { db } }: TestService,
  happen: (tx: Transaction) => Promise<unknown>,
  send: () => Promise<T>,
): Promise<T> {
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  const { answer } = await db.transaction(async (tx) => {
    await happen(tx);
    const answer = send();
    await until(async () => (await db.query<unknown[]>(waiting)).length > 0, 5_000, 'the request waits');
    return { answer };
  });
  return answer;
}
