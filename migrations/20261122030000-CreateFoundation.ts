import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Organizations are islands, and the database holds the walls: the primary key of every row of an organization begins
 * with organization_id, and so does every foreign key.
 */
export class CreateFoundation20261122030000 implements MigrationInterface {
  readonly name = 'CreateFoundation20261122030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE installation (
        name text PRIMARY KEY,
        value text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );

      -- organizations ----------------------------------------------------------------------------------------------
      CREATE TABLE organizations (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        external_id text,
        metadata jsonb NOT NULL DEFAULT '{}',
        technical_contacts text[] NOT NULL DEFAULT '{}',
        branding jsonb NOT NULL DEFAULT '{}',
        policy jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX organizations_external_id ON organizations (external_id) WHERE external_id IS NOT NULL;

      -- Old slugs stay reserved for their organization for ever.
      CREATE TABLE organization_slugs (
        slug text PRIMARY KEY,
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        is_current boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX organization_slugs_current ON organization_slugs (organization_id) WHERE is_current;
      CREATE INDEX organization_slugs_organization ON organization_slugs (organization_id);

      CREATE TABLE domains (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        domain text NOT NULL,
        proof_token text NOT NULL,
        verified_at timestamptz,
        verified_by text CHECK (verified_by IN ('vouched', 'dns')),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, id),
        UNIQUE (organization_id, domain),
        CHECK ((verified_at IS NULL) = (verified_by IS NULL))
      );
      CREATE UNIQUE INDEX domains_verified ON domains (domain) WHERE verified_at IS NOT NULL;

      CREATE TABLE groups (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        name text NOT NULL,
        description text,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, id)
      );
      CREATE UNIQUE INDEX groups_name ON groups (organization_id, lower(name));

      CREATE TABLE permission_profiles (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        name text NOT NULL,
        description text,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, id)
      );
      CREATE UNIQUE INDEX permission_profiles_name ON permission_profiles (organization_id, lower(name));

      CREATE TABLE licences (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        name text NOT NULL,
        seats integer CHECK (seats >= 0),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, id)
      );
      CREATE UNIQUE INDEX licences_name ON licences (organization_id, lower(name));

      -- connections and sources --------------------------------------------------------------------------------------
      CREATE TABLE connections (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        kind text NOT NULL,
        name text NOT NULL,
        state text NOT NULL CHECK (state IN ('draft', 'testing', 'pilot', 'active', 'required', 'disabled')),
        version integer NOT NULL DEFAULT 1,
        endpoints jsonb NOT NULL,
        settings jsonb NOT NULL,
        secrets text,
        attribute_mapping jsonb NOT NULL DEFAULT '{}',
        group_mapping jsonb NOT NULL DEFAULT '[]',
        trust_email text NOT NULL CHECK (trust_email IN ('none', 'verified_domains')),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, id)
      );

      CREATE TABLE connection_keys (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        certificate text NOT NULL,
        private_key text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections ON DELETE CASCADE
      );
      CREATE INDEX connection_keys_connection ON connection_keys (organization_id, connection_id);

      CREATE TABLE sources (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        kind text NOT NULL,
        name text NOT NULL,
        connection_id uuid,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections ON DELETE SET NULL (connection_id)
      );
      CREATE UNIQUE INDEX sources_of_connection ON sources (organization_id, connection_id) WHERE connection_id IS NOT NULL;
      CREATE UNIQUE INDEX sources_built_in ON sources (organization_id, kind) WHERE kind IN ('admin', 'self_signup');

      -- people -------------------------------------------------------------------------------------------------------
      CREATE TABLE contacts (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'organization')),
        attributes jsonb NOT NULL,
        email text,
        email_verified boolean NOT NULL DEFAULT false,
        external_id text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, id)
      );
      CREATE INDEX contacts_email ON contacts (organization_id, email) WHERE email IS NOT NULL;
      CREATE INDEX contacts_external_id ON contacts (organization_id, external_id) WHERE external_id IS NOT NULL;

      CREATE TABLE statements (
        organization_id uuid NOT NULL,
        contact_id uuid NOT NULL,
        source_id uuid NOT NULL,
        external_id text,
        attributes jsonb NOT NULL,
        email_verified boolean NOT NULL DEFAULT false,
        access jsonb NOT NULL DEFAULT '{}',
        presence text NOT NULL CHECK (presence IN ('present', 'inactive', 'gone')),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, contact_id, source_id),
        FOREIGN KEY (organization_id, contact_id) REFERENCES contacts ON DELETE CASCADE,
        FOREIGN KEY (organization_id, source_id) REFERENCES sources (organization_id, id)
      );
      CREATE UNIQUE INDEX statements_external_id ON statements (organization_id, source_id, external_id) WHERE external_id IS NOT NULL;

      CREATE TABLE accounts (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        contact_id uuid NOT NULL,
        source_id uuid NOT NULL,
        status text NOT NULL CHECK (status IN ('invited', 'unconfirmed', 'active', 'suspended', 'deactivated', 'deleted')),
        email text NOT NULL,
        username text NOT NULL,
        username_key text NOT NULL,
        user_type text NOT NULL CHECK (user_type IN ('Privileged', 'Standard')),
        permission_profile_id uuid,
        licence_id uuid,
        admin_managed boolean NOT NULL DEFAULT false,
        access_until timestamptz,
        session_epoch integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        last_sign_in_at timestamptz,
        deleted_at timestamptz,
        PRIMARY KEY (organization_id, id),
        UNIQUE (organization_id, contact_id),
        FOREIGN KEY (organization_id, contact_id) REFERENCES contacts ON DELETE CASCADE,
        FOREIGN KEY (organization_id, source_id) REFERENCES sources (organization_id, id),
        FOREIGN KEY (organization_id, permission_profile_id) REFERENCES permission_profiles (organization_id, id),
        FOREIGN KEY (organization_id, licence_id) REFERENCES licences (organization_id, id)
      );
      -- One live account per e-mail and organization; an unconfirmed sign-up holds neither address nor username.
      CREATE UNIQUE INDEX accounts_email ON accounts (organization_id, email) WHERE status NOT IN ('deleted', 'unconfirmed');
      CREATE UNIQUE INDEX accounts_username ON accounts (organization_id, username_key text_pattern_ops)
        WHERE status NOT IN ('deleted', 'unconfirmed');
      CREATE INDEX accounts_licence ON accounts (organization_id, licence_id) WHERE licence_id IS NOT NULL;

      CREATE TABLE account_groups (
        organization_id uuid NOT NULL,
        account_id uuid NOT NULL,
        group_id uuid NOT NULL,
        source_id uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, account_id, group_id, source_id),
        FOREIGN KEY (organization_id, account_id) REFERENCES accounts ON DELETE CASCADE,
        FOREIGN KEY (organization_id, group_id) REFERENCES groups,
        FOREIGN KEY (organization_id, source_id) REFERENCES sources (organization_id, id)
      );
      CREATE INDEX account_groups_group ON account_groups (organization_id, group_id);

      CREATE TABLE identities (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        account_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        issuer text NOT NULL,
        subject text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz,
        retired_at timestamptz,
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, account_id) REFERENCES accounts ON DELETE CASCADE,
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX identities_key ON identities (organization_id, connection_id, issuer, subject);
      CREATE INDEX identities_account ON identities (organization_id, account_id);

      CREATE TABLE link_requests (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        account_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        issuer text NOT NULL,
        subject text NOT NULL,
        attempt_id uuid,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'rejected')),
        created_at timestamptz NOT NULL DEFAULT now(),
        decided_at timestamptz,
        decided_by jsonb,
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, account_id) REFERENCES accounts ON DELETE CASCADE,
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX link_requests_open ON link_requests (organization_id, connection_id, issuer, subject) WHERE state = 'open';

      -- signing in ---------------------------------------------------------------------------------------------------
      CREATE TABLE sign_in_attempts (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        code text NOT NULL,
        state text NOT NULL CHECK (state IN ('started', 'succeeded', 'refused', 'expired')),
        relay_hash bytea NOT NULL,
        browser_hash bytea,
        secrets text,
        return_to text,
        started_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        finished_at timestamptz,
        refusal_code text,
        steps jsonb NOT NULL DEFAULT '[]',
        account_id uuid,
        contact_id uuid,
        email text,
        subject text,
        user_agent text,
        request_id text,
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX sign_in_attempts_relay ON sign_in_attempts (organization_id, connection_id, relay_hash);
      CREATE INDEX sign_in_attempts_code ON sign_in_attempts (organization_id, code);

      CREATE TABLE consumed_assertions (
        organization_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        assertion_hash bytea NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, connection_id, assertion_hash),
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );

      -- A cross-site POST over plain http, kept for the same-site GET that follows (security 10).
      CREATE TABLE held_replies (
        organization_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        handle_hash bytea NOT NULL,
        reply text NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, connection_id, handle_hash),
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );

      CREATE TABLE sessions (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        account_id uuid NOT NULL,
        epoch integer NOT NULL,
        connection_id uuid,
        identity_id uuid,
        session_index text,
        amr text[] NOT NULL DEFAULT '{}',
        authenticated_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        idle_seconds integer NOT NULL,
        ended_at timestamptz,
        user_agent text,
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, account_id) REFERENCES accounts ON DELETE CASCADE,
        FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );
      CREATE INDEX sessions_account ON sessions (organization_id, account_id) WHERE ended_at IS NULL;

      -- express-session's store without Redis; a cache, the authority is the table above.
      CREATE TABLE browser_sessions (
        sid text PRIMARY KEY,
        sess json NOT NULL,
        expire timestamptz NOT NULL
      );
      CREATE INDEX browser_sessions_expire ON browser_sessions (expire);

      -- the ledger ---------------------------------------------------------------------------------------------------
      CREATE TABLE ledger_entries (
        id uuid PRIMARY KEY,
        organization_id uuid,
        at timestamptz NOT NULL,
        actor jsonb NOT NULL,
        action text NOT NULL,
        outcome text,
        contact_id uuid,
        account_id uuid,
        connection_id uuid,
        source_id uuid,
        attempt_id uuid,
        resource text,
        fields text[] NOT NULL DEFAULT '{}',
        details jsonb NOT NULL DEFAULT '{}',
        request_id text
      );
      CREATE INDEX ledger_entries_organization ON ledger_entries (organization_id, id);
      CREATE INDEX ledger_entries_contact ON ledger_entries (organization_id, contact_id, id) WHERE contact_id IS NOT NULL;

      CREATE TABLE ledger_values (
        entry_id uuid NOT NULL,
        organization_id uuid NOT NULL,
        contact_id uuid NOT NULL,
        field text NOT NULL,
        before text,
        after text,
        PRIMARY KEY (entry_id, contact_id, field)
      );
      CREATE INDEX ledger_values_contact ON ledger_values (organization_id, contact_id);

      CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND current_setting('drawbridge.retention', true) = 'on' THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'the ledger is append-only';
      END $$;
      CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_entries
        FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();

      -- the API ------------------------------------------------------------------------------------------------------
      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        organization_id uuid REFERENCES organizations ON DELETE CASCADE,
        name text NOT NULL,
        prefix text NOT NULL,
        key_hash bytea NOT NULL UNIQUE,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz
      );

      CREATE TABLE idempotency_keys (
        caller text NOT NULL,
        key text NOT NULL,
        request_hash bytea NOT NULL,
        status integer,
        response text,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (caller, key)
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
