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

/** The first row, if any. */
export async function row<T extends object>(
  tx: Transaction,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T | undefined> {
  return (await rows<T>(tx, sql, parameters))[0];
}
