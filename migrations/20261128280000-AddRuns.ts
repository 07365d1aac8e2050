import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs: people who arrive together, looked at before anything is saved. */
export class AddRuns20261128280000 implements MigrationInterface {
  readonly name = 'AddRuns20261128280000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- From when on a run of this source stops and asks; null: the default.
      ALTER TABLE sources ADD COLUMN brake jsonb;
      -- Where to read, for a source that is fetched; and where its next reading goes on.
      ALTER TABLE sources ADD COLUMN settings jsonb;
      ALTER TABLE sources ADD COLUMN bookmark text;
      CREATE UNIQUE INDEX sources_one_spreadsheet ON sources (organization_id) WHERE kind = 'spreadsheet';

      CREATE TABLE runs (
        organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id uuid NOT NULL,
        source_id uuid NOT NULL,
        name text NOT NULL,
        mode text NOT NULL CHECK (mode IN ('accounts', 'catalog')),
        -- Who is not named any more has gone.
        names_everyone boolean NOT NULL,
        state text NOT NULL CHECK (state IN ('staging', 'staged', 'committing', 'committed', 'undone', 'failed')),
        counts jsonb NOT NULL,
        -- How far the present state has come: lines done, of how many when that is known.
        done integer NOT NULL DEFAULT 0,
        total integer,
        failure_code text,
        failure_detail text,
        -- Which column of the file means what; null: as its header says.
        mapping jsonb,
        -- The file's columns with what each was taken for; null: no file.
        columns jsonb,
        allow text CHECK (allow IN ('clean', 'good-rows')),
        send_invitations boolean NOT NULL,
        invite_at timestamptz,
        invited_at timestamptz,
        -- Where the source's next reading goes on once this one is committed.
        bookmark text,
        -- On whose behalf, with the rights of then.
        actor jsonb NOT NULL,
        scopes text[] NOT NULL,
        request_id text,
        created_at timestamptz NOT NULL,
        staged_at timestamptz,
        committed_at timestamptz,
        undo_asked_at timestamptz,
        undone_at timestamptz,
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, source_id) REFERENCES sources ON DELETE CASCADE
      );
      CREATE INDEX runs_under_way ON runs (created_at) WHERE state IN ('staging', 'committing') OR undo_asked_at IS NOT NULL;

      -- What was uploaded, until the run is committed.
      CREATE TABLE run_files (
        organization_id uuid NOT NULL,
        run_id uuid NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (organization_id, run_id),
        FOREIGN KEY (organization_id, run_id) REFERENCES runs ON DELETE CASCADE
      );

      CREATE TABLE run_rows (
        organization_id uuid NOT NULL,
        run_id uuid NOT NULL,
        line integer NOT NULL,
        cells jsonb NOT NULL,
        origin_id text,
        presence text NOT NULL CHECK (presence IN ('present', 'inactive', 'gone')),
        -- Wrong with the line as a whole; no cell mends it.
        line_problems jsonb,
        left_out boolean NOT NULL DEFAULT false,
        edited boolean NOT NULL DEFAULT false,
        -- Evaluated: what would happen, and whom it would happen to.
        outcome text NOT NULL CHECK (outcome IN ('create', 'update', 'leave', 'unchanged', 'problem')),
        problems jsonb,
        foreseen jsonb,
        contact_id uuid,
        email text,
        external_id text,
        PRIMARY KEY (organization_id, run_id, line),
        FOREIGN KEY (organization_id, run_id) REFERENCES runs ON DELETE CASCADE
      );
      CREATE INDEX run_rows_outcome ON run_rows (organization_id, run_id, outcome, left_out, line);
      CREATE INDEX run_rows_email ON run_rows (organization_id, email, run_id, line) WHERE email IS NOT NULL;
      CREATE INDEX run_rows_external_id ON run_rows (organization_id, external_id, run_id, line) WHERE external_id IS NOT NULL;
      CREATE INDEX run_rows_origin ON run_rows (organization_id, run_id, origin_id) WHERE origin_id IS NOT NULL;
      CREATE INDEX run_rows_contact ON run_rows (organization_id, contact_id, run_id) WHERE contact_id IS NOT NULL;

      -- Written in the transaction that does it. Contact and account refer to nothing, for they may be gone.
      CREATE TABLE run_results (
        organization_id uuid NOT NULL,
        run_id uuid NOT NULL,
        line integer NOT NULL,
        result text NOT NULL CHECK (result IN ('created', 'updated', 'left', 'unchanged', 'waiting', 'refused')),
        code text,
        contact_id uuid,
        account_id uuid,
        -- What the source had said before, and what the access was: how the line is taken back.
        before jsonb,
        invited boolean NOT NULL DEFAULT false,
        undone text CHECK (undone IN ('undone', 'kept')),
        undo_code text,
        PRIMARY KEY (organization_id, run_id, line),
        FOREIGN KEY (organization_id, run_id) REFERENCES runs ON DELETE CASCADE
      );
      CREATE INDEX run_results_contact ON run_results (organization_id, contact_id) WHERE contact_id IS NOT NULL;
      CREATE INDEX run_results_to_undo ON run_results (organization_id, run_id, line DESC) WHERE undone IS NULL;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
