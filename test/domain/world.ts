import type { AccountState, AccountStatus, PersonState } from '../../src/domain/account';
import { holdsSeat, isLive } from '../../src/domain/account';
import { decide } from '../../src/domain/decide';
import { expectedAttributes } from '../../src/domain/decide-profile';
import type { Change, Decision, Facts, Match } from '../../src/domain/decision';
import type { PersonRecord } from '../../src/domain/desired-record';
import { DEFAULT_POLICY, type Policy, type SourceKind } from '../../src/domain/policy';
import type { IdentityKey } from '../../src/domain/proof';
import { usernameKey } from '../../src/domain/username';

/** Sources by their id; two of a kind where it matters. */
export const SOURCES = {
  idp: 'jit',
  otherIdp: 'jit',
  hand: 'admin',
  signup: 'self_signup',
  scim: 'scim',
  scim2: 'scim',
  ldap: 'ldap',
  ldap2: 'ldap',
  files: 'sftp',
  sheet: 'spreadsheet',
  catalog: 'catalog',
} as const satisfies Record<string, SourceKind>;
export type SourceName = keyof typeof SOURCES;

export const NOW = new Date('2026-03-01T12:00:00.000Z');
export const MAIN_LICENCE = 'licence-main';
export const EXTRA_LICENCE = 'licence-extra';

export interface Settings {
  policy?: Partial<Policy>;
  isSsoOrganization?: boolean;
  /** Seats per licence; not named: unlimited. */
  seats?: Readonly<Record<string, number>>;
}

/** An organization in memory: what the door keeps, small enough to see through. It finds people and writes decisions as storage does. */
export class World {
  readonly people: PersonState[] = [];
  private readonly remembered = new Map<string, string>();
  private readonly seats: Readonly<Record<string, number>>;
  policy: Policy;
  isSsoOrganization: boolean;
  now = NOW;

  constructor({ policy = {}, isSsoOrganization = true, seats = {} }: Settings = {}) {
    this.policy = { ...DEFAULT_POLICY, allowedSources: [...new Set(Object.values(SOURCES))], ...policy };
    this.isSsoOrganization = isSsoOrganization;
    this.seats = seats;
  }

  /** What `decide` would be told about this record. */
  facts(record: PersonRecord): Facts {
    const id = record.origin.sourceId as SourceName;
    const known = { policy: this.policy, source: { id, kind: SOURCES[id] } };
    const match = this.match(record);
    const { email } = expectedAttributes(record, known, match.by === 'nothing' ? undefined : match.person);
    return {
      ...known,
      adminSourceId: 'hand',
      isSsoOrganization: this.isSsoOrganization,
      match,
      takenUsernames: new Set(this.live().map(({ username }) => usernameKey(username))),
      emailHolder: this.emailHolder(email)?.contactId,
      freeSeats: new Map(Object.keys(this.seats).map((licence) => [licence, this.freeSeats(licence)])),
      now: this.now,
    };
  }

  decide(record: PersonRecord): Decision {
    return decide(record, this.facts(record));
  }

  /** Decides and writes. */
  say(record: PersonRecord): Decision {
    const decision = this.decide(record);
    this.apply(decision);
    return decision;
  }

  /** Says a record that must succeed; yields the person it is about. */
  accept(record: PersonRecord): PersonState {
    const decision = this.say(record);
    if (decision.action === 'refuse' || decision.action === 'wait') throw new Error(JSON.stringify(decision));
    return this.person(decision.target === 'new' ? (this.people.at(-1)?.contactId ?? '') : decision.target);
  }

  person(contactId: string): PersonState {
    const found = this.people.find((person) => person.contactId === contactId);
    if (!found) throw new Error(`no contact ${contactId}`);
    return found;
  }

  account(contactId: string): AccountState {
    const { account } = this.person(contactId);
    if (!account) throw new Error(`contact ${contactId} has no account`);
    return account;
  }

  /** What an admin does without the door; deleting lets go of everything but the memory of the identities. */
  setStatus(contactId: string, status: AccountStatus): void {
    const account = this.account(contactId);
    if (status !== 'deleted') return this.replace(contactId, { account: { ...account, status } });
    const statements = this.person(contactId).statements.map((statement) => ({ ...statement, access: {} }));
    const emptied = { licence: null, permissionProfile: null, memberships: [], identities: [] };
    this.replace(contactId, { account: { ...account, status, ...emptied }, statements });
  }

  setAccount(contactId: string, values: Partial<AccountState>): void {
    this.replace(contactId, { account: { ...this.account(contactId), ...values } });
  }

  freeSeats(licence: string): number {
    const used = this.people.filter(
      ({ account }) => account && holdsSeat(account.status) && account.licence === licence,
    ).length;
    return (this.seats[licence] ?? Infinity) - used;
  }

  private live(): AccountState[] {
    return this.people.flatMap(({ account }) => (account && isLive(account.status) ? [account] : []));
  }

  private emailHolder(email: string | null | undefined): PersonState | undefined {
    return this.people.find(
      (person) => email && person.account && isLive(person.account.status) && person.attributes.email === email,
    );
  }

  private match(record: PersonRecord): Match {
    const { identity, origin, contactId, attributes } = record;
    const find = (test: (person: PersonState) => unknown) => this.people.find((person) => test(person));
    const known = identity && this.remembered.get(keyOf(identity));
    const candidates = {
      identity: find(
        ({ contactId: id, account }) =>
          id === known &&
          (account?.status === 'deleted' || account?.identities.some((one) => keyOf(one) === keyOf(identity!))),
      ),
      origin: find(({ statements }) =>
        statements.some(
          (said) => origin.externalId && said.sourceId === origin.sourceId && said.externalId === origin.externalId,
        ),
      ),
      contact: find((person) => contactId && person.contactId === contactId),
      external_id: find((person) => attributes.externalId && person.attributes.externalId === attributes.externalId),
      email:
        this.emailHolder(attributes.email) ??
        ((!identity || record.emailVerified) && attributes.email
          ? find((person) => !person.account && person.attributes.email === attributes.email)
          : undefined),
    };
    for (const by of ['identity', 'origin', 'contact', 'external_id', 'email'] as const) {
      const person = candidates[by];
      if (person) return { by, person };
    }
    return { by: 'nothing' };
  }

  private apply(decision: Decision): void {
    if (decision.action === 'refuse' || decision.action === 'wait') return;
    const { statement } = decision;
    if (decision.target === 'new')
      this.people.push({
        contactId: `contact-${this.people.length + 1}`,
        attributes: {},
        emailVerified: false,
        statements: [],
      });
    const { contactId, statements } =
      decision.target === 'new' ? this.people[this.people.length - 1]! : this.person(decision.target);
    const others = statements.filter((said) => said.sourceId !== statement.sourceId);
    this.replace(contactId, { statements: [statement, ...others] });
    if (decision.action === 'apply') for (const change of decision.changes) this.write(contactId, change);
  }

  private write(contactId: string, change: Change): void {
    const { attributes } = this.person(contactId);
    switch (change.kind) {
      case 'set_attribute':
        return this.replace(contactId, { attributes: { ...attributes, [change.attribute]: change.after } });
      case 'set_email_verified':
        return this.replace(contactId, { emailVerified: change.after });
      case 'grant_account': {
        const { accessUntil, ...granted } = change.account;
        const id = change.restores ?? `account-of-${contactId}`;
        const until = accessUntil ? new Date(accessUntil) : null;
        return this.replace(contactId, {
          account: { id, ...granted, accessUntil: until, memberships: [], identities: [] },
        });
      }
      case 'link_identity': {
        const { identities } = this.account(contactId);
        this.remembered.set(keyOf(change.identity), contactId);
        return this.setAccount(contactId, { identities: [...identities, change.identity] });
      }
      case 'set_groups': {
        const { sourceId, added, removed } = change;
        const kept = this.account(contactId).memberships.filter(
          (one) => one.sourceId !== sourceId || !removed.includes(one.groupId),
        );
        return this.setAccount(contactId, {
          memberships: [...kept, ...added.map((groupId) => ({ groupId, sourceId }))],
        });
      }
      case 'set_access': {
        const after = change.field === 'accessUntil' && change.after ? new Date(change.after as string) : change.after;
        return this.setAccount(contactId, { [change.field]: after });
      }
      case 'set_presence':
        return this.setAccount(contactId, { status: change.after });
    }
  }

  private replace(contactId: string, values: Partial<PersonState>): void {
    const index = this.people.findIndex((person) => person.contactId === contactId);
    this.people[index] = { ...this.person(contactId), ...values };
  }
}

const keyOf = ({ connectionId, issuer, subject }: IdentityKey): string => [connectionId, issuer, subject].join('|');

export const ANNA = { email: 'anna.lee@acme.test', givenName: 'Anna', familyName: 'Lee' } as const;

/** Somebody at the door, proved by an identity provider. */
export const signIn = (
  subject: string,
  values: Partial<PersonRecord> = {},
  source: SourceName = 'idp',
): PersonRecord => ({
  kind: 'person',
  origin: { sourceId: source },
  identity: { connectionId: `connection-${source}`, issuer: 'https://idp.test', subject },
  wants: 'account',
  attributes: ANNA,
  emailVerified: false,
  access: {},
  presence: 'present',
  ...values,
});

/** What a source that nobody stands behind says of somebody. */
export const says = (source: SourceName, values: Partial<PersonRecord> & { id?: string } = {}): PersonRecord => {
  const { id, ...record } = values;
  return {
    kind: 'person',
    origin: { sourceId: source, ...(id && { externalId: id }) },
    wants: 'account',
    attributes: {},
    emailVerified: false,
    access: {},
    presence: 'present',
    ...record,
  };
};

/** Changes by kind, and for attributes and access by field: what a table can compare. */
export function summary(decision: Decision): Record<string, unknown> {
  if (decision.action !== 'apply') return {};
  return Object.fromEntries(
    decision.changes.map((change) => {
      if (change.kind === 'set_attribute') return [change.attribute, change.after];
      if (change.kind === 'set_access') return [change.field, change.after];
      if (change.kind === 'set_presence') return ['status', change.after];
      if (change.kind === 'set_email_verified') return ['emailVerified', change.after];
      if (change.kind === 'set_groups')
        return [`groups by ${change.sourceId}`, [...change.added, ...change.removed.map((one) => `-${one}`)]];
      if (change.kind === 'grant_account') return ['account', change.account.username];
      return ['identity', change.identity.subject];
    }),
  );
}

export const groupsOf = (account: AccountState): string[] =>
  account.memberships.map(({ groupId, sourceId }) => `${groupId} by ${sourceId}`).sort();
