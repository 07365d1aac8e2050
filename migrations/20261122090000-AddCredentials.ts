import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passwords, e-mail links, the outbox of mails, counters of throttling, and the owners' organization. */
export class AddCredentials20261122090000 implements MigrationInterface {
  readonly name = 'AddCredentials20261122090000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The owners' own organization, at the reserved slug 'admin'; there is one.
      ALTER TABLE organizations ADD COLUMN is_system boolean NOT NULL DEFAULT false;
      CREATE UNIQUE INDEX organizations_system ON organizations (is_system) WHERE is_system;
      WITH owners AS (
        INSERT INTO organizations (id, name, policy, is_system)
        VALUES (gen_random_uuid(), 'Drawbridge', '{"allowedSources": ["admin"]}', true) RETURNING id),
      admin AS (INSERT INTO sources (organization_id, id, kind, name) SELECT id, gen_random_uuid(), 'admin', 'Admin' FROM owners)
      INSERT INTO organization_slugs (slug, organization_id, is_current) SELECT 'admin', id, true FROM owners;

      -- What people do for themselves is a source too.
      INSERT INTO sources (organization_id, id, kind, name) SELECT id, gen_random_uuid(), 'self_signup', 'Self-service' FROM organizations;

      -- Who signs up again before confirming means the same account.
      CREATE UNIQUE INDEX accounts_unconfirmed ON accounts (organization_id, email) WHERE status = 'unconfirmed';

      -- A password is proof without a connection.
      ALTER TABLE sign_in_attempts ALTER COLUMN connection_id DROP NOT NULL;

      CREATE TABLE passwords (
        organization_id uuid NOT NULL,
        account_id uuid NOT NULL,
        hash text NOT NULL,
        set_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, account_id),
        FOREIGN KEY (organization_id, account_id) REFERENCES accounts ON DELETE CASCADE
      );

      -- A link outlives its account, so that its page can say what became of it: account_id refers to nothing.
      CREATE TABLE email_links (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        purpose text NOT NULL CHECK (purpose IN ('confirm_signup', 'set_password', 'reset_password', 'confirm_email', 'first_owner')),
        account_id uuid,
        email text,
        token_hash bytea NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        opened_at timestamptz,
        used_at timestamptz,
        replaced_at timestamptz,
        revoked_at timestamptz,
        PRIMARY KEY (organization_id, id)
      );
      CREATE UNIQUE INDEX email_links_token ON email_links (token_hash);
      CREATE INDEX email_links_account ON email_links (organization_id, account_id, id);
      -- Only the newest counts (security 19).
      CREATE UNIQUE INDEX email_links_newest ON email_links (organization_id, account_id, purpose) NULLS NOT DISTINCT
        WHERE used_at IS NULL AND replaced_at IS NULL AND revoked_at IS NULL;

      -- The outbox. Content is sealed, and wiped when the mail is delivered, given up, or 24 hours old (security 19).
      CREATE TABLE mails (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        kind text NOT NULL,
        link_id uuid,
        recipient text NOT NULL,
        message_id text NOT NULL,
        content text,
        created_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        sent_at timestamptz,
        failed_at timestamptz,
        smtp_status integer,
        smtp_response text,
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, link_id) REFERENCES email_links ON DELETE SET NULL (link_id)
      );
      CREATE INDEX mails_due ON mails (due_at) WHERE sent_at IS NULL AND failed_at IS NULL;
      CREATE INDEX mails_link ON mails (organization_id, link_id) WHERE link_id IS NOT NULL;

      -- As rate-limiter-flexible keeps it; 'expire' in milliseconds since 1970.
      CREATE TABLE rate_limits (
        key varchar(255) PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire bigint
      );
      CREATE INDEX rate_limits_expire ON rate_limits (expire);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
