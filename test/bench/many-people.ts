import type { Database, Transaction } from '../../src/storage/rows';
import { spreadsheetSource } from '../../src/storage/sources';

/** Gives an organization so many people with accounts, in two statements. */
export async function insertPeople(db: Database, slug: string, people: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('SET LOCAL statement_timeout = 0');
    await tx.query(
      `CREATE TEMP TABLE people ON COMMIT DROP AS
       SELECT uuidv7() AS contact, uuidv7() AS account, n, o.organization_id AS org,
              (ARRAY['Anna','Bob','Chen','Dilara','Emeka','Fatima','Grace','Hugo','Ines','Jürgen'])[1 + n % 10] AS given,
              (ARRAY['Lee','Müller','Okafor','Silva','Nowak'])[1 + (n / 10) % 5] || n AS family
         FROM generate_series(1, $2::int) n, (SELECT organization_id FROM organization_slugs WHERE slug = $1) o`,
      [slug, people],
    );
    await tx.query(
      `INSERT INTO contacts (organization_id, id, attributes, email)
       SELECT org, contact, jsonb_build_object('givenName', given, 'familyName', family, 'displayName', given || ' ' || family),
              lower(given || '.' || family || '@' || $1 || '.example') FROM people`,
      [slug],
    );
    await tx.query(
      `INSERT INTO accounts (organization_id, id, contact_id, source_id, status, email, username, username_key, user_type, last_sign_in_at)
       SELECT org, account, contact, (SELECT id FROM sources WHERE organization_id = org AND kind = 'admin'),
              CASE WHEN n % 1000 = 0 THEN 'suspended' ELSE 'active' END, lower(given || '.' || family || '@' || $1 || '.example'),
              lower(given || '.' || family), lower(given || '.' || family), CASE WHEN n % 5000 = 0 THEN 'Privileged' ELSE 'Standard' END,
              CASE WHEN n % 3 > 0 THEN now() - n * interval '1 minute' END FROM people`,
      [slug],
    );
  });
}

/** Gives an organization so many contacts without account, of a file; one of a hundred has no e-mail address. */
export async function insertContacts(db: Database, slug: string, people: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('SET LOCAL statement_timeout = 0');
    const organizationId = await organizationOf(tx, slug);
    const sourceId = await spreadsheetSource(tx, organizationId);
    await tx.query(
      `WITH made AS (
         INSERT INTO contacts (organization_id, id, attributes, email)
         SELECT $1, uuidv7(), jsonb_build_object('displayName', given || ' ' || family),
                CASE WHEN n % 100 > 0 THEN lower(given || '.' || family || '@contacts.example') END
           FROM (SELECT n, (ARRAY['Anna','Bob','Chen','Dilara','Emeka','Fatima','Grace','Hugo','Ines','Jürgen'])[1 + n % 10] AS given,
                        'Contact' || n AS family FROM generate_series(1, $2::int) n) people
         RETURNING organization_id, id)
       INSERT INTO statements (organization_id, contact_id, source_id, attributes, presence)
       SELECT organization_id, id, $3, '{}', 'present' FROM made`,
      [organizationId, people, sourceId],
    );
  });
}

async function organizationOf(tx: Transaction, slug: string): Promise<string> {
  const [found] = await tx.query<{ id: string }[]>(
    `SELECT organization_id AS id FROM organization_slugs WHERE slug = $1`,
    [slug],
  );
  if (!found) throw new Error(`there is no ${slug}`);
  return found.id;
}
