import type { PersonRecord } from '../../src/domain/desired-record';
import type { GroupId, OrganizationId, SourceId } from '../../src/domain/ids';
import { insertIntoDirectory } from '../../src/storage/directory';
import { insertOrganization } from '../../src/storage/organizations';
import type { Database } from '../../src/storage/rows';
import { insertBuiltInSources, insertSource } from '../../src/storage/sources';

const GIVEN = ['Anna', 'Bob', 'Chen', 'Dilara', 'Emeka', 'Fatima', 'Grace', 'Hugo', 'Inés', 'Jürgen'];
const FAMILY = ['Lee', 'Müller', 'Okafor', 'Silva', 'Nowak'];
const DEPARTMENTS = 20;
/** People to one name, so that usernames are numbered. */
const NAMESAKES = 4;

export interface Destination {
  organizationId: OrganizationId;
  sourceId: SourceId;
  groups: readonly GroupId[];
}

/** An organization with groups, one of them everybody's, and a licence with a seat for each of so many people. */
export function createDestination(db: Database, seats: number): Promise<Destination> {
  return db.transaction(async (tx) => {
    const organizationId = await insertOrganization(tx, { slug: 'acme', name: 'Acme' });
    await insertBuiltInSources(tx, organizationId);
    const sourceId = await insertSource(tx, organizationId, { kind: 'spreadsheet', name: 'File' });
    const group = async (name: string): Promise<GroupId> =>
      (await insertIntoDirectory(tx, 'groups', organizationId, { name, description: null })).id;
    const everyone = await group('Everyone');
    const groups: GroupId[] = [];
    for (let number = 0; number < DEPARTMENTS; number++) groups.push(await group(`Department ${number}`));
    const { id: licence } = await insertIntoDirectory(tx, 'licences', organizationId, { name: 'Full', seats });
    const policy = { defaultGroups: [everyone], defaultLicence: licence };
    await tx.query('UPDATE organizations SET policy = policy || $2 WHERE id = $1', [organizationId, policy]);
    return { organizationId, sourceId, groups };
  });
}

/** A person as a file brings one: name, address, number, department, title, a group. */
export function newcomer({ sourceId, groups }: Destination, number: number): PersonRecord {
  const name = Math.floor(number / NAMESAKES);
  const givenName = GIVEN[name % GIVEN.length] ?? '';
  const familyName = `${FAMILY[Math.floor(name / GIVEN.length) % FAMILY.length] ?? ''}${letters(name)}`;
  const group = groups[number % groups.length];
  return {
    kind: 'person',
    origin: { sourceId, externalId: `E${number}` },
    wants: 'account',
    attributes: {
      ...{ givenName, familyName, email: `person${number}@acme.example`, externalId: `E${number}` },
      ...{ department: `Department ${number % groups.length}`, title: 'Engineer' },
    },
    emailVerified: false,
    access: group ? { groups: [group] } : {},
    presence: 'present',
  };
}

const letters = (number: number): string =>
  String(number).replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));
