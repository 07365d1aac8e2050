import type { Database } from '../storage/rows';

/**
 * Addresses given out for a connection stay what they were for ever. The demo is the exception: started on another
 * port, nothing answers at the old ones, and its own identity provider is the only one that knows them.
 */
export async function moveConnections(db: Database, from: string, to: string): Promise<void> {
  if (from === to) return;
  await db.query(
    `UPDATE connections SET endpoints = replace(endpoints::text, $1, $2)::jsonb, version = version + 1, updated_at = now()
      WHERE strpos(endpoints::text, $1) > 0`,
    [`"${from}/`, `"${to}/`],
  );
}
