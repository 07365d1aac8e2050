import { migrate, openDatabase } from './data-source';

/** Migrates the database at `url` and lets go of it. Yields the names of the migrations applied. */
export async function migrateAt(url: string): Promise<readonly string[]> {
  const db = await openDatabase(url, 2);
  try {
    return await migrate(db);
  } finally {
    await db.destroy();
  }
}
