import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How an identity provider says that it authenticated the person, for the applications that ask. */
export class KeepAuthenticationContext20261128110000 implements MigrationInterface {
  readonly name = 'KeepAuthenticationContext20261128110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions ADD COLUMN acr text`);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
