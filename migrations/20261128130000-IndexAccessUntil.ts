import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every minute the accounts are looked for whose access has just ended. */
export class IndexAccessUntil20261128130000 implements MigrationInterface {
  readonly name = 'IndexAccessUntil20261128130000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX accounts_access_until ON accounts (access_until) WHERE access_until IS NOT NULL`);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
