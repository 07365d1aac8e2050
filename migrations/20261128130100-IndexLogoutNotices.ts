import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whoever looks at an application sees its newest notice. */
export class IndexLogoutNotices20261128130100 implements MigrationInterface {
  readonly name = 'IndexLogoutNotices20261128130100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX logout_notices_newest ON logout_notices (application_id, created_at DESC)`);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
