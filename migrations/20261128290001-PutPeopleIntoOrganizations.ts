import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A contact that is an organization holds people. */
export class PutPeopleIntoOrganizations20261128290001 implements MigrationInterface {
  readonly name = 'PutPeopleIntoOrganizations20261128290001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The contact of kind organization that a person belongs to; that goes, and the people stay.
      ALTER TABLE contacts ADD COLUMN part_of uuid;
      ALTER TABLE contacts ADD CONSTRAINT contacts_part_of_fkey
        FOREIGN KEY (organization_id, part_of) REFERENCES contacts ON DELETE SET NULL (part_of);
      CREATE INDEX contacts_part_of ON contacts (organization_id, part_of) WHERE part_of IS NOT NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
