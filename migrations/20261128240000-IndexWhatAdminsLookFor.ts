import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Admins look for one person's sign-ins, and for the ledger's lines about one account or of one kind. */
export class IndexWhatAdminsLookFor20261128240000 implements MigrationInterface {
  readonly name = 'IndexWhatAdminsLookFor20261128240000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX sign_in_attempts_email ON sign_in_attempts (organization_id, email, id) WHERE email IS NOT NULL;
      CREATE INDEX ledger_entries_account ON ledger_entries (organization_id, account_id, id) WHERE account_id IS NOT NULL;
      CREATE INDEX ledger_entries_action ON ledger_entries (organization_id, action, id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
