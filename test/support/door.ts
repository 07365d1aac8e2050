import type { GroupId, LicenceId, OrganizationId, SourceId } from '../../src/domain/ids';
import { SOURCE_KINDS, type Policy } from '../../src/domain/policy';
import type { IdentityKey } from '../../src/domain/proof';
import { insertIntoDirectory } from '../../src/storage/directory';
import { insertOrganization } from '../../src/storage/organizations';
import type { Database } from '../../src/storage/rows';
import { insertBuiltInSources, insertSource } from '../../src/storage/sources';

/** An organization with what records speak of. */
export interface Island {
  id: OrganizationId;
  sources: Record<'file' | 'directory' | 'idp', SourceId>;
  groups: readonly GroupId[];
  licence: LicenceId;
  identity(subject: string): IdentityKey;
}

let next = 0;

/** `withDefaults`: everybody gets the licence and the first group. */
export function createIsland(
  db: Database,
  seats: number,
  { withDefaults, ...policy }: Partial<Policy> & { withDefaults?: boolean },
): Promise<Island> {
  return db.transaction(async (tx) => {
    const slug = `island${next++}`;
    const id = await insertOrganization(tx, { slug, name: slug });
    await insertBuiltInSources(tx, id);
    const connectionId = crypto.randomUUID();
    await tx.query(
      `INSERT INTO connections (organization_id, id, kind, name, state, endpoints, settings, trust_email)
       VALUES ($1, $2, 'oidc', 'IdP', 'draft', '{}', '{}', 'none')`,
      [id, connectionId],
    );
    const sources = {
      file: await insertSource(tx, id, { kind: 'spreadsheet', name: 'file' }),
      directory: await insertSource(tx, id, { kind: 'ldap', name: 'directory' }),
      idp: await insertSource(tx, id, { kind: 'jit', name: 'idp', connectionId }),
    };
    const group = async (name: string) => (await insertIntoDirectory(tx, 'groups', id, { name, description: null })).id;
    const groups = [await group('one'), await group('two')];
    const licence = (await insertIntoDirectory(tx, 'licences', id, { name: 'Full', seats })).id;
    const defaults = withDefaults ? { defaultGroups: groups.slice(0, 1), defaultLicence: licence } : {};
    const own = { allowedSources: SOURCE_KINDS, ...defaults, ...policy };
    await tx.query('UPDATE organizations SET policy = policy || $2 WHERE id = $1', [id, own]);
    const identity = (subject: string) => ({ connectionId, issuer: 'https://idp.example', subject });
    return { id, sources, groups, licence, identity };
  });
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** With names in place of the ids of the organization, and nothing in place of those that were made up. */
export function stripIds({ sources, groups, licence }: Island, value: unknown): unknown {
  const names = new Map<string, string>([
    ...Object.entries(sources).map(([name, id]) => [id, name] as const),
    [licence, 'licence'],
  ]);
  groups.forEach((id, at) => names.set(id, `group ${at}`));
  const text = JSON.stringify(value) ?? 'null';
  return JSON.parse(text.replace(UUID, (id) => names.get(id) ?? 'id')) as unknown;
}

/** Everything that is kept of the people of an organization, person by person, without ids and times. */
export async function peopleIn(db: Database, island: Island): Promise<unknown[]> {
  const strip = `- 'id' - 'organization_id' - 'contact_id' - 'account_id' - 'entry_id' - 'created_at' - 'updated_at'`;
  const all = (table: string, of: string) =>
    `(SELECT coalesce(jsonb_agg(to_jsonb(t) ${strip} ORDER BY (to_jsonb(t) ${strip})::text), '[]') FROM ${table} t WHERE t.organization_id = c.organization_id AND ${of})`;
  const people = await db.query<{ person: unknown }[]>(
    `SELECT to_jsonb(c) ${strip} || jsonb_build_object(
        'statements', ${all('statements', 't.contact_id = c.id')}, 'accounts', ${all('accounts', 't.contact_id = c.id')},
        'groups', ${all('account_groups', 't.account_id = a.id')}, 'identities', ${all('identities', 't.account_id = a.id')},
        'listed', ${all(`(SELECT organization_id, contact_id, name, names, email, username, status, licence_id, array_length(tsvector_to_array(words), 1) AS words, account_id IS NULL AS alone FROM person_listing)`, 't.contact_id = c.id')},
        'ledger', ${all('ledger_entries', 't.contact_id = c.id')}, 'values', ${all('ledger_values', 't.contact_id = c.id')}) AS person
       FROM contacts c LEFT JOIN accounts a ON a.organization_id = c.organization_id AND a.contact_id = c.id WHERE c.organization_id = $1`,
    [island.id],
  );
  const stripped = people.map(({ person }) => JSON.stringify(stripIds(island, person)));
  return stripped.sort().map((text) => JSON.parse(text) as unknown);
}
