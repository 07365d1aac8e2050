import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A second factor beside the password: authenticator apps, recovery codes, and sign-ins that wait for one. */
export class AddSecondFactor20261128210000 implements MigrationInterface {
  readonly name = 'AddSecondFactor20261128210000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Confirmed. The secret is sealed (security 24); a code of last_step or before counts no more (RFC 6238, 5.2).
      CREATE TABLE second_factors (
        organization_id uuid NOT NULL,
        account_id uuid NOT NULL,
        secret text NOT NULL,
        confirmed_at timestamptz NOT NULL,
        last_step integer NOT NULL,
        PRIMARY KEY (organization_id, account_id),
        FOREIGN KEY (organization_id, account_id) REFERENCES accounts ON DELETE CASCADE
      );

      CREATE TABLE recovery_codes (
        organization_id uuid NOT NULL,
        account_id uuid NOT NULL,
        code_hash bytea NOT NULL,
        used_at timestamptz,
        PRIMARY KEY (organization_id, account_id, code_hash),
        FOREIGN KEY (organization_id, account_id) REFERENCES second_factors ON DELETE CASCADE
      );

      -- Shown, not confirmed yet: a secret is shown to one session or pending sign-in only.
      CREATE TABLE second_factor_enrolments (
        organization_id uuid NOT NULL,
        account_id uuid NOT NULL,
        holder_hash bytea NOT NULL,
        secret text NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, account_id, holder_hash),
        FOREIGN KEY (organization_id, account_id) REFERENCES accounts ON DELETE CASCADE
      );
      CREATE INDEX second_factor_enrolments_expires ON second_factor_enrolments (expires_at);

      -- The password was right, and more is asked for. What ends every session ends these too: the epoch is the account's.
      CREATE TABLE pending_sign_ins (
        organization_id uuid NOT NULL,
        handle_hash bytea NOT NULL,
        account_id uuid NOT NULL,
        epoch integer NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, handle_hash),
        FOREIGN KEY (organization_id, account_id) REFERENCES accounts ON DELETE CASCADE
      );
      CREATE INDEX pending_sign_ins_expires ON pending_sign_ins (expires_at);
      CREATE INDEX pending_sign_ins_account ON pending_sign_ins (organization_id, account_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
