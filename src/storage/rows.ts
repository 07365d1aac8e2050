import type { Pool } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

export type Database = DataSource;
/** What writes takes this first; nothing outside a transaction gets one by accident. */
export type Transaction = EntityManager;

const camel = new Map<string, string>();
const camelCase = (name: string): string => {
  const known = camel.get(name);
  if (known) return known;
  const made = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  camel.set(name, made);
  return made;
};

function camelCased<T extends object>(row: Record<string, unknown>): T {
  const named: Record<string, unknown> = {};
  for (const key in row) named[camelCase(key)] = row[key];
  return named as T;
}

/** Runs SQL in the transaction; yields rows with camelCase keys, for SELECT and RETURNING alike. */
export async function rows<T extends object>(
  tx: Transaction,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T[]> {
  const raw: unknown = await tx.query(sql, [...parameters]);
  // TypeORM answers UPDATE and DELETE with [rows, count].
  const list = (Array.isArray(raw) && Array.isArray(raw[0]) ? raw[0] : raw) as Record<string, unknown>[];
  return list.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [camelCase(key), value])),
  ) as T[];
}

/**
 * As `rows`, by a statement that Postgres plans once per connection: for what every request or sign-in runs. The name
 * belongs to one text; columns are named, never `*`, so that a plan outlives a migration that adds one.
 */
export async function preparedRows<T extends object>(
  tx: Transaction,
  name: string,
  sql: string,
  parameters: readonly unknown[],
): Promise<T[]> {
  const query = { name, text: sql, values: [...parameters] };
  const client = (await tx.queryRunner?.connect()) as Pool | undefined;
  const result = await (client ?? poolOf(tx.dataSource)).query<Record<string, unknown>>(query);
  return result.rows.map(camelCased<T>);
}

/** The first row of a prepared statement, if any. */
export async function preparedRow<T extends object>(
  tx: Transaction,
  name: string,
  sql: string,
  parameters: readonly unknown[],
): Promise<T | undefined> {
  return (await preparedRows<T>(tx, name, sql, parameters))[0];
}

/** The pool under the data source, for what speaks pg itself. */
export const poolOf = (db: Database): Pool => (db.driver as unknown as { master: Pool }).master;

/** The pool for a library that sends a handful of texts again and again: each becomes a prepared statement. */
export function preparingPool(db: Database, prefix: string): Pick<Pool, 'query'> {
  const names = new Map<string, string>();
  const query = (text: string, values: unknown[]) => {
    const name = names.get(text) ?? `${prefix}_${names.size}`;
    names.set(text, name);
    return poolOf(db).query({ name, text, values });
  };
  return { query: query as Pool['query'] };
}

/** The first row, if any. */
export async function row<T extends object>(
  tx: Transaction,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T | undefined> {
  return (await rows<T>(tx, sql, parameters))[0];
}
