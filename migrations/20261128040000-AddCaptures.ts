import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What arrives at a connection, kept for an admin who asked for it; and how often an attempt was answered in vain. */
export class AddCaptures20261128040000 implements MigrationInterface {
  readonly name = 'AddCaptures20261128040000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connections ADD COLUMN capture_until timestamptz;

      -- Answers of its own browser that were refused.
      ALTER TABLE sign_in_attempts ADD COLUMN refusals integer NOT NULL DEFAULT 0;

      -- Sealed: an assertion says more of a person than the trace may (security 24, 27).
      CREATE TABLE sign_in_captures (
        organization_id uuid NOT NULL,
        attempt_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        captured text NOT NULL,
        captured_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, attempt_id),
        FOREIGN KEY (organization_id, attempt_id) REFERENCES sign_in_attempts (organization_id, id) ON DELETE CASCADE,
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );
      CREATE INDEX sign_in_captures_connection ON sign_in_captures (organization_id, connection_id, captured_at);
      CREATE INDEX sign_in_captures_captured ON sign_in_captures (captured_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
