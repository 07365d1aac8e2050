import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an admin does to many accounts at once, and what came of it for each. */
export class AddBulkActions20261128220001 implements MigrationInterface {
  readonly name = 'AddBulkActions20261128220001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bulk_actions (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        action text NOT NULL,
        -- Id of the group, permission profile or licence.
        value text,
        -- On whose behalf, with the rights of then.
        actor jsonb NOT NULL,
        scopes text[] NOT NULL,
        request_id text,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        PRIMARY KEY (organization_id, id)
      );
      CREATE INDEX bulk_actions_open ON bulk_actions (created_at) WHERE finished_at IS NULL;

      -- Written when the action is asked for: who is meant does not change afterwards. account_id refers to nothing, for
      -- an account may be gone, or never have been.
      CREATE TABLE bulk_action_accounts (
        organization_id uuid NOT NULL,
        bulk_action_id uuid NOT NULL,
        account_id uuid NOT NULL,
        outcome text NOT NULL DEFAULT 'waiting' CHECK (outcome IN ('waiting', 'ok', 'refused')),
        code text,
        detail text,
        decided_at timestamptz,
        PRIMARY KEY (organization_id, bulk_action_id, account_id),
        FOREIGN KEY (organization_id, bulk_action_id) REFERENCES bulk_actions ON DELETE CASCADE
      );
      CREATE INDEX bulk_action_accounts_outcome ON bulk_action_accounts (organization_id, bulk_action_id, outcome, account_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
