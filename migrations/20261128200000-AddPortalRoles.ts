import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may do what in the portals. Whoever was in the owners' organization so far was an owner. */
export class AddPortalRoles20261128200000 implements MigrationInterface {
  readonly name = 'AddPortalRoles20261128200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE portal_roles (
        organization_id uuid NOT NULL,
        account_id uuid NOT NULL,
        role text NOT NULL CHECK (role IN ('organization_admin', 'connection_admin', 'user_admin', 'auditor', 'owner', 'operator', 'support')),
        granted_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, account_id, role),
        FOREIGN KEY (organization_id, account_id) REFERENCES accounts ON DELETE CASCADE
      );
      INSERT INTO portal_roles (organization_id, account_id, role, granted_at)
      SELECT a.organization_id, a.id, 'owner', now()
        FROM accounts a
        JOIN organization_slugs s ON s.organization_id = a.organization_id
       WHERE s.slug = 'admin' AND a.status <> 'deleted';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
