import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Applications behind the bridge: who they are, where they are signed in, and what the OpenID provider remembers. */
export class AddApplications20261128100000 implements MigrationInterface {
  readonly name = 'AddApplications20261128100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Applications serve several organizations (docs/adr/0004).
      CREATE TABLE applications (
        id uuid PRIMARY KEY,
        client_id text NOT NULL CONSTRAINT applications_client_id UNIQUE,
        name text NOT NULL,
        redirect_uris text[] NOT NULL,
        post_logout_redirect_uris text[] NOT NULL DEFAULT '{}',
        any_loopback boolean NOT NULL DEFAULT false,
        backchannel_logout_uri text,
        initiate_login_uri text,
        token_endpoint_auth_method text NOT NULL
          CHECK (token_endpoint_auth_method IN ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')),
        id_token_algorithm text NOT NULL CHECK (id_token_algorithm IN ('ES256', 'RS256')),
        jwks jsonb,
        jwks_uri text,
        all_organizations boolean NOT NULL,
        -- By name, in any organization; null in both: everyone.
        only_groups text[],
        only_licences text[],
        -- Null: all there are.
        claims text[],
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz
      );

      CREATE TABLE application_organizations (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        application_id uuid NOT NULL REFERENCES applications ON DELETE CASCADE,
        PRIMARY KEY (organization_id, application_id)
      );
      CREATE INDEX application_organizations_application ON application_organizations (application_id);

      -- Secrets of 256 random bits, or as long: their hash tells nothing. Two overlap while one takes over from the other.
      CREATE TABLE application_secrets (
        id uuid PRIMARY KEY,
        application_id uuid NOT NULL REFERENCES applications ON DELETE CASCADE,
        secret_hash bytea NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        last_used_at timestamptz
      );
      CREATE INDEX application_secrets_application ON application_secrets (application_id);

      -- One application signed in within one session: the grant that its tokens stand on, and the sid that it knows.
      CREATE TABLE application_sessions (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        session_id uuid NOT NULL,
        application_id uuid NOT NULL REFERENCES applications ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        revoked_at timestamptz,
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, session_id) REFERENCES sessions ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX application_sessions_current ON application_sessions (organization_id, session_id, application_id)
        WHERE revoked_at IS NULL;
      CREATE INDEX application_sessions_application ON application_sessions (application_id);
      CREATE INDEX application_sessions_session ON application_sessions (organization_id, session_id);
      -- Where a sid leads, when a browser comes to sign out (docs/adr/0004).
      CREATE UNIQUE INDEX application_sessions_sid ON application_sessions (id);

      -- An application has to hear that a session is over. The notice stays when the session, the account, the connection or
      -- the organization goes: that is what it tells of. Its id is the sid that the application knows.
      CREATE TABLE logout_notices (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        application_id uuid NOT NULL REFERENCES applications ON DELETE CASCADE,
        account_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        problem text,
        confirmed_at timestamptz,
        failed_at timestamptz,
        PRIMARY KEY (organization_id, id)
      );
      CREATE INDEX logout_notices_application ON logout_notices (application_id);
      CREATE INDEX logout_notices_due ON logout_notices (due_at) WHERE confirmed_at IS NULL AND failed_at IS NULL;

      -- An application that signs somebody out gets the browser back after the identity provider.
      ALTER TABLE pending_logouts ADD COLUMN return_to text;

      -- Codes, tokens, interactions and pushed requests. What somebody would have to show is not here: only its hash.
      CREATE TABLE oidc_payloads (
        model text NOT NULL,
        id_hash bytea NOT NULL,
        organization_id uuid REFERENCES organizations ON DELETE CASCADE,
        application_session_id uuid,
        payload jsonb NOT NULL,
        consumed_at timestamptz,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (model, id_hash),
        FOREIGN KEY (organization_id, application_session_id) REFERENCES application_sessions ON DELETE CASCADE
      );
      CREATE INDEX oidc_payloads_application_session ON oidc_payloads (organization_id, application_session_id)
        WHERE application_session_id IS NOT NULL;
      CREATE INDEX oidc_payloads_expires ON oidc_payloads (expires_at);

      -- The private half is sealed. A key signs from active_from on until a newer one does, and is published before and after.
      CREATE TABLE signing_keys (
        id text PRIMARY KEY,
        algorithm text NOT NULL CHECK (algorithm IN ('ES256', 'RS256')),
        private_key text NOT NULL,
        created_at timestamptz NOT NULL,
        active_from timestamptz NOT NULL
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
