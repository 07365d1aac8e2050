import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bulk actions on contacts, and the one source by which accounts come from the catalog. */
export class GiveAccountsToContacts20261128290000 implements MigrationInterface {
  readonly name = 'GiveAccountsToContacts20261128290000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of which kind they are whom the action means. Of contacts, bulk_action_accounts.account_id is the contact's id: the
      -- column keeps the name by which the previous release reads it.
      ALTER TABLE bulk_actions ADD COLUMN subject text NOT NULL DEFAULT 'account' CHECK (subject IN ('account', 'contact'));
      -- What else was asked for, for actions that take more than a value.
      ALTER TABLE bulk_actions ADD COLUMN options jsonb;
      CREATE UNIQUE INDEX sources_one_catalog ON sources (organization_id) WHERE kind = 'catalog';
      -- Contacts that can be given an account, and those that lack an address for one.
      CREATE INDEX person_listing_without_email ON person_listing (organization_id, name, contact_id)
        WHERE account_id IS NULL AND email IS NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
