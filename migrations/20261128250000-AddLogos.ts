import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An organization's logo: the image apart from the row that every request reads, which names only its version. */
export class AddLogos20261128250000 implements MigrationInterface {
  readonly name = 'AddLogos20261128250000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE organization_logos (
        organization_id uuid PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
        content_type text NOT NULL CHECK (content_type IN ('image/png', 'image/jpeg', 'image/webp')),
        content bytea NOT NULL,
        created_at timestamptz NOT NULL
      );
      ALTER TABLE organizations ADD COLUMN logo text;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
