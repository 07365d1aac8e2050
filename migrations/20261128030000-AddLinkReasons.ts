import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why an identity was linked, and what became of a request to link one. */
export class AddLinkReasons20261128030000 implements MigrationInterface {
  readonly name = 'AddLinkReasons20261128030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Null: linked by an earlier release.
      ALTER TABLE identities ADD COLUMN linked_by text, ADD COLUMN linked_at timestamptz;

      ALTER TABLE link_requests ADD COLUMN because text, ADD COLUMN refused_at timestamptz;
      -- Proved by the person, or overtaken by what happened meanwhile.
      ALTER TABLE link_requests DROP CONSTRAINT link_requests_state_check;
      ALTER TABLE link_requests ADD CONSTRAINT link_requests_state_check
        CHECK (state IN ('open', 'approved', 'rejected', 'proved', 'withdrawn'));
      -- Asked at every refusal: was this identity rejected for this account?
      CREATE INDEX link_requests_rejected ON link_requests (organization_id, account_id, decided_at) WHERE state = 'rejected';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
