import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What people are listed, found and sorted by, in one row per person: kept by triggers, so that it is also true of what
 * the previous release writes. Signing in touches none of it.
 */
export class ListPeople20261128220000 implements MigrationInterface {
  readonly name = 'ListPeople20261128220000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Every word and part of a word behind a hyphen, dot or @, with its organization before it: an index over all
      -- organizations is an island for each. Bounded, for providers send what they like.
      CREATE FUNCTION person_words(island uuid, said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(array_to_tsvector(array_agg(DISTINCT island || ':' || left(array_to_string(parts[at:], ''), 60))), '')
          FROM unnest(string_to_array(lower(left(said, 600)), ' ')) token,
               string_to_array(regexp_replace(token, '([^[:alnum:]]+)', '\\1 ', 'g'), ' ') parts, generate_subscripts(parts, 1) at
         WHERE parts[at] <> ''
      $$;

      -- Each word of what is asked for begins one of the person's.
      CREATE FUNCTION person_query(island uuid, asked text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT string_agg('''' || replace(replace(island || ':' || left(term, 60), '\\', '\\\\'), '''', '''''') || ''':*', ' & ')::tsquery
          FROM unnest(string_to_array(lower(asked), ' ')) term WHERE term <> ''
      $$;

      CREATE FUNCTION person_names(attributes jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT left(concat_ws(' ', attributes ->> 'displayName', attributes ->> 'givenName', attributes ->> 'familyName'), 400)
      $$;

      CREATE FUNCTION person_sort_name(attributes jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT left(lower(coalesce(attributes ->> 'displayName', concat_ws(' ', attributes ->> 'givenName', attributes ->> 'familyName'))), 200)
      $$;

      CREATE TABLE person_listing (
        organization_id uuid NOT NULL,
        contact_id uuid NOT NULL,
        -- Null: no account, or a deleted one.
        account_id uuid,
        kind text NOT NULL,
        name text NOT NULL,
        names text NOT NULL,
        email text,
        username text,
        words tsvector NOT NULL,
        status text,
        source_id uuid,
        permission_profile_id uuid,
        licence_id uuid,
        user_type text,
        admin_managed boolean,
        PRIMARY KEY (organization_id, contact_id),
        FOREIGN KEY (organization_id, contact_id) REFERENCES contacts ON DELETE CASCADE
      );

      INSERT INTO person_listing
      SELECT c.organization_id, c.id, a.id, c.kind, person_sort_name(c.attributes), person_names(c.attributes), coalesce(a.email, c.email),
             a.username_key, person_words(c.organization_id, concat_ws(' ', person_names(c.attributes), coalesce(a.email, c.email), a.username_key)),
             a.status, a.source_id, a.permission_profile_id, a.licence_id, a.user_type, a.admin_managed
        FROM contacts c LEFT JOIN accounts a ON a.organization_id = c.organization_id AND a.contact_id = c.id AND a.status <> 'deleted';

      CREATE INDEX person_listing_account ON person_listing (organization_id, account_id) WHERE account_id IS NOT NULL;
      CREATE INDEX person_listing_name ON person_listing (organization_id, name, account_id) WHERE account_id IS NOT NULL;
      CREATE INDEX person_listing_email ON person_listing (organization_id, email, account_id) WHERE account_id IS NOT NULL;
      CREATE INDEX person_listing_username ON person_listing (organization_id, username, account_id) WHERE account_id IS NOT NULL;
      CREATE INDEX person_listing_status ON person_listing (organization_id, status) WHERE status <> 'active';
      CREATE INDEX person_listing_source ON person_listing (organization_id, source_id) WHERE account_id IS NOT NULL;
      CREATE INDEX person_listing_permission_profile ON person_listing (organization_id, permission_profile_id)
        WHERE permission_profile_id IS NOT NULL;
      CREATE INDEX person_listing_licence ON person_listing (organization_id, licence_id) WHERE licence_id IS NOT NULL;
      CREATE INDEX person_listing_privileged ON person_listing (organization_id) WHERE user_type = 'Privileged';
      CREATE INDEX person_listing_admin_managed ON person_listing (organization_id) WHERE admin_managed;
      CREATE INDEX person_listing_contact_name ON person_listing (organization_id, name, contact_id);
      CREATE INDEX person_listing_waiting ON person_listing (organization_id, name, contact_id) WHERE account_id IS NULL;
      CREATE INDEX person_listing_words ON person_listing USING gin (words) WITH (gin_pending_list_limit = 256);
      CREATE INDEX accounts_last_sign_in ON accounts (organization_id, coalesce(last_sign_in_at, '-infinity'::timestamptz), id)
        WHERE status <> 'deleted';

      -- Each trigger writes what its own table says and reads the rest from the row: two at once lose nothing.
      CREATE FUNCTION list_contact() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO person_listing AS l (organization_id, contact_id, kind, name, names, email, words)
        VALUES (NEW.organization_id, NEW.id, NEW.kind, person_sort_name(NEW.attributes), person_names(NEW.attributes), NEW.email,
                person_words(NEW.organization_id, concat_ws(' ', person_names(NEW.attributes), NEW.email)))
        ON CONFLICT (organization_id, contact_id) DO UPDATE SET
          kind = excluded.kind, name = excluded.name, names = excluded.names,
          email = CASE WHEN l.account_id IS NULL THEN excluded.email ELSE l.email END,
          words = person_words(l.organization_id, concat_ws(' ', excluded.names,
                    CASE WHEN l.account_id IS NULL THEN excluded.email ELSE l.email END, l.username));
        RETURN NULL;
      END $$;
      CREATE TRIGGER contacts_listed AFTER INSERT ON contacts FOR EACH ROW EXECUTE FUNCTION list_contact();
      CREATE TRIGGER contacts_listed_anew AFTER UPDATE OF attributes, email, kind ON contacts FOR EACH ROW
        WHEN ((OLD.attributes, OLD.email, OLD.kind) IS DISTINCT FROM (NEW.attributes, NEW.email, NEW.kind))
        EXECUTE FUNCTION list_contact();

      CREATE FUNCTION list_account() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.status = 'deleted' THEN
          UPDATE person_listing l SET account_id = NULL, username = NULL, status = NULL, source_id = NULL, permission_profile_id = NULL,
                 licence_id = NULL, user_type = NULL, admin_managed = NULL, email = c.email,
                 words = person_words(l.organization_id, concat_ws(' ', l.names, c.email))
            FROM contacts c
           WHERE l.organization_id = NEW.organization_id AND l.contact_id = NEW.contact_id
             AND c.organization_id = l.organization_id AND c.id = l.contact_id;
        ELSE
          UPDATE person_listing l SET account_id = NEW.id, username = NEW.username_key, status = NEW.status, source_id = NEW.source_id,
                 permission_profile_id = NEW.permission_profile_id, licence_id = NEW.licence_id, user_type = NEW.user_type,
                 admin_managed = NEW.admin_managed, email = NEW.email,
                 words = person_words(l.organization_id, concat_ws(' ', l.names, NEW.email, NEW.username_key))
           WHERE l.organization_id = NEW.organization_id AND l.contact_id = NEW.contact_id;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER accounts_listed AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION list_account();
      CREATE TRIGGER accounts_listed_anew
        AFTER UPDATE OF contact_id, status, source_id, email, username_key, permission_profile_id, licence_id, user_type, admin_managed
        ON accounts FOR EACH ROW
        WHEN ((OLD.contact_id, OLD.status, OLD.source_id, OLD.email, OLD.username_key, OLD.permission_profile_id, OLD.licence_id,
               OLD.user_type, OLD.admin_managed)
              IS DISTINCT FROM (NEW.contact_id, NEW.status, NEW.source_id, NEW.email, NEW.username_key, NEW.permission_profile_id,
               NEW.licence_id, NEW.user_type, NEW.admin_managed))
        EXECUTE FUNCTION list_account();
      -- A sign-up that was never confirmed vanishes and leaves its contact.
      CREATE FUNCTION unlist_account() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE person_listing SET account_id = NULL, username = NULL, status = NULL, source_id = NULL, permission_profile_id = NULL,
               licence_id = NULL, user_type = NULL, admin_managed = NULL, words = person_words(organization_id, concat_ws(' ', names, email))
         WHERE organization_id = OLD.organization_id AND contact_id = OLD.contact_id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER accounts_unlisted AFTER DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION unlist_account();
      ANALYZE person_listing;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Releases run beside their predecessor; the schema only goes forward.');
  }
}
