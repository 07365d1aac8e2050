import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys of a connection rotate in steps; an identity provider's metadata is read again when a signer is unknown. */
export class AddKeyRotation20261128020000 implements MigrationInterface {
  readonly name = 'AddKeyRotation20261128020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The previous release makes one key a connection, and that one signs.
      ALTER TABLE connection_keys ADD COLUMN state text NOT NULL DEFAULT 'signing'
        CHECK (state IN ('next', 'signing', 'retiring'));
      CREATE UNIQUE INDEX connection_keys_signing ON connection_keys (organization_id, connection_id) WHERE state = 'signing';
      CREATE UNIQUE INDEX connection_keys_next ON connection_keys (organization_id, connection_id) WHERE state = 'next';

      -- When a process last took it upon itself to read the metadata again (security 14).
      ALTER TABLE connections ADD COLUMN metadata_asked_at timestamptz;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
