import { writeLedger } from '../storage/ledger';
import {
  addMemberships,
  savePeople,
  saveStatements,
  type ContactWrite,
  type MembershipWrite,
  type NewAccount,
  type StatementWrite,
} from '../storage/saving-people';
import type { Transaction } from '../storage/rows';
import type { Door } from './door';
import type { Line } from './ledger-of';
import { takeSteps, type Steps } from './steps';

/** What the decisions of a wave come to write. */
export interface Writes {
  contacts: ContactWrite[];
  accounts: NewAccount[];
  statements: StatementWrite[];
  memberships: MembershipWrite[];
  steps: Steps[];
  lines: Line[];
}

export const nothingToWrite = (): Writes => ({
  ...{ contacts: [], accounts: [], statements: [], memberships: [], steps: [], lines: [] },
});

/** Writes it, each table in one statement; then what is done person by person. */
export async function write(tx: Transaction, door: Door, writes: Writes, now: Date): Promise<void> {
  const { organizationId } = door;
  await savePeople(tx, organizationId, writes.contacts, writes.accounts);
  await saveStatements(tx, organizationId, writes.statements);
  await addMemberships(tx, organizationId, writes.memberships);
  for (const steps of writes.steps) await takeSteps(tx, door, steps, now);
  await writeLedger(tx, now, writes.lines);
}
