import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who was erased, by ids only, so that it can be repeated after a restore (security 27). */
export class AddErasures20261128220002 implements MigrationInterface {
  readonly name = 'AddErasures20261128220002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Nothing it names exists any more; it is kept for as long as backups may be.
      CREATE TABLE erasures (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        contact_id uuid NOT NULL,
        account_id uuid,
        erased_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, id)
      );
      CREATE UNIQUE INDEX erasures_contact ON erasures (organization_id, contact_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
