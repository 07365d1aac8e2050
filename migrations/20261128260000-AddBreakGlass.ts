import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A way in by password for an organization's admins when its identity provider fails, and the sessions that began by it. */
export class AddBreakGlass20261128260000 implements MigrationInterface {
  readonly name = 'AddBreakGlass20261128260000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The right hangs on the role: with the role it goes.
      ALTER TABLE portal_roles ADD COLUMN break_glass_since timestamptz
        CHECK (break_glass_since IS NULL OR role = 'organization_admin');

      -- Serves the portal only.
      ALTER TABLE sessions ADD COLUMN is_break_glass boolean NOT NULL DEFAULT false;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
