import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Single logout: what a provider calls the person of a session, and the sign-outs that a provider has still to answer. */
export class RememberPrincipals20261128010000 implements MigrationInterface {
  readonly name = 'RememberPrincipals20261128010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sessions ADD COLUMN principal jsonb;
      CREATE INDEX sessions_principal ON sessions (organization_id, connection_id, (principal->>'value'))
        WHERE ended_at IS NULL AND principal IS NOT NULL;
      -- An OpenID provider may name its session only. A SAML SessionIndex may be longer than an index takes.
      CREATE INDEX sessions_session_index ON sessions (organization_id, connection_id, session_index)
        WHERE ended_at IS NULL AND length(session_index) <= 255;

      CREATE TABLE pending_logouts (
        organization_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        request_hash bytea NOT NULL,
        browser_hash bytea NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, connection_id, request_hash),
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
