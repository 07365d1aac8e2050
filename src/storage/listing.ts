import type { OrganizationId } from '../domain/ids';
import { row, rows, type Transaction } from './rows';

/** Who is meant: conditions on `person_listing l`, and their parameters, `$1` being the organization. */
export interface Selection {
  values: unknown[];
  where: string;
  /** Words that are looked for, if any. */
  q?: string;
}

/** The condition of each filter on its parameter; each has an index. */
export type Conditions<F> = { [K in keyof Required<F>]: (value: string) => string };

/** Words, each of which begins one of the person's. */
export const fitsWords = (value: string): string => `l.words @@ person_query($1, ${value})`;

export function selectionOf<F extends { q?: string }>(
  organizationId: OrganizationId,
  base: string,
  filter: F,
  conditions: Conditions<F>,
): Selection {
  const values: unknown[] = [organizationId];
  const asked = (Object.keys(conditions) as (keyof F)[]).filter((name) => filter[name] !== undefined);
  const wanted = asked.map((name) => conditions[name](`$${values.push(filter[name])}`));
  return { values, where: ['l.organization_id = $1', base, ...wanted].join(' AND '), q: filter.q };
}

/** What an order goes by, before the id breaks ties. */
export interface SortKey {
  key: string;
  type: 'text' | 'timestamptz';
  join?: string;
}

/** Where somebody stands in an order. */
export interface Place {
  id: string;
  /** Text of the sort key; null in the order of creation. */
  key: string | null;
}

export interface PlaceQuery {
  /** Column of the id that is listed, and by itself the order of creation. */
  id: 'l.account_id' | 'l.contact_id';
  by?: SortKey;
  isDescending: boolean;
  limit: number;
  /** Only what comes behind this. */
  after?: Place;
}

/** Places of those who are meant, in order. */
export async function listPlaces(tx: Transaction, selection: Selection, query: PlaceQuery): Promise<Place[]> {
  const { id, by, isDescending, limit, after } = query;
  const { values, where } = selection;
  const listed = await listedFor(tx, selection);
  const put = (value: unknown): string => `$${values.push(value)}`;
  const direction = isDescending ? 'DESC' : 'ASC';
  const keys = [...(by ? [by.key] : []), id];
  const bounds = after && [...(by ? [`${put(after.key)}::${by.type}`] : []), `${put(after.id)}::uuid`];
  const behind = bounds ? ` AND (${keys.join(', ')}) ${isDescending ? '<' : '>'} (${bounds.join(', ')})` : '';
  return rows<Place>(
    tx,
    `SELECT ${id} AS id, ${by ? `${by.key}::text` : 'NULL'} AS key FROM ${listed} ${by?.join ?? ''} WHERE ${where}${behind}
      ORDER BY ${keys.map((key) => `${key} ${direction}`).join(', ')} LIMIT ${put(limit)}`,
    values,
  );
}

const LISTED = 'person_listing l';
/** Words that fit no more people than this are looked up before anything is sorted. */
const FEW = 2_000;

/**
 * Postgres cannot tell how many a beginning of a word fits. Where they are few, they are read by their words first; else
 * the list is walked in its order, and enough of them come soon.
 */
async function listedFor(tx: Transaction, { values, q }: Selection): Promise<string> {
  if (q === undefined) return LISTED;
  const fitting = (limit: string, asked: string) =>
    `SELECT l.* FROM ${LISTED} WHERE l.organization_id = $1 AND ${fitsWords(asked)} ${limit}`;
  const probe = `SELECT count(*)::int AS count FROM (${fitting(`LIMIT ${FEW + 1}`, '$2')}) few`;
  const { count = 0 } = (await row<{ count: number }>(tx, probe, [values[0], q])) ?? {};
  return count > FEW ? LISTED : `(${fitting('OFFSET 0', `$${values.push(q)}`)}) l`;
}

/** How many are meant, exactly: the one thing that grows with their number. */
export async function countSelected(tx: Transaction, { values, where }: Selection): Promise<number> {
  const found = await row<{ count: number }>(tx, `SELECT count(*)::int AS count FROM ${LISTED} WHERE ${where}`, values);
  return found?.count ?? 0;
}

/** How many are meant in each status; null: without account. */
export const countByStatus = (
  tx: Transaction,
  { values, where }: Selection,
): Promise<{ status: string | null; count: number }[]> =>
  rows(tx, `SELECT l.status, count(*)::int AS count FROM ${LISTED} WHERE ${where} GROUP BY l.status`, values);
