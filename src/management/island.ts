import { AppError } from '../domain/errors';
import type { LedgerEntry, LedgerValue } from '../domain/ledger-entry';
import type { Organization } from '../domain/organization';
import { OWNERS_SLUG, slugProblem } from '../domain/organization';
import type { Policy } from '../domain/policy';
import { writeLedger } from '../storage/ledger';
import { findOrganization, findOrganizationBySlug } from '../storage/organizations';
import type { Transaction } from '../storage/rows';
import { inTransaction } from '../storage/transaction';
import { asRefusal } from './conflicts';
import type { Caller, ManagementDeps } from './deps';
import { hasAllRights, requireScope, type Scope } from './scopes';
import { isUuid } from './uuid';

export type Note = Omit<LedgerEntry, 'organizationId' | 'actor' | 'requestId'> & { values?: readonly LedgerValue[] };

/** One organization, and a caller who may be there. */
export interface Island {
  tx: Transaction;
  now: Date;
  organization: Organization;
  policy: Policy;
  /** Writes a line into the ledger, in the same transaction. */
  note(entry: Note): Promise<void>;
}

/**
 * Looks at an organization, named by its id, its slug, or a slug it used to have.
 * @throws AppError insufficient_scope; unknown_organization, also for one that the caller may not see
 */
export async function reading<T>(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  scope: Scope,
  work: (island: Island) => Promise<T>,
): Promise<T> {
  requireScope(caller, scope);
  return work(await landOn(deps, caller, organization, deps.db.manager));
}

/**
 * Changes something in an organization: check, change and ledger in one transaction. What the database refuses comes
 * back as a refusal of ours.
 */
export async function changing<T>(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  scope: Scope,
  work: (island: Island) => Promise<T>,
): Promise<T> {
  requireScope(caller, scope);
  return transacting(deps, async (tx) => work(await landOn(deps, caller, organization, tx)));
}

/** One transaction, its conflicts as refusals. */
export async function transacting<T>(deps: ManagementDeps, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await (deps.transact ?? inTransaction)(deps.db, work);
  } catch (error) {
    throw asRefusal(error);
  }
}

async function landOn(deps: ManagementDeps, caller: Caller, asked: string, tx: Transaction): Promise<Island> {
  const found = await findAsked(tx, asked);
  if (!found || !mayBeHere(caller, found.organization)) throw new AppError('unknown_organization');
  const { organization, policy } = found;
  const now = deps.now();
  return { tx, now, organization, policy, note: (entry) => writeNote(tx, now, caller, organization.id, entry) };
}

/** The owners' organization is managed from the shell and by owners in person: no key makes anybody an owner. */
const mayBeHere = (caller: Caller, { id, slug }: Organization): boolean => {
  if (slug === OWNERS_SLUG) return caller.actor.kind === 'command' || (isInPerson(caller) && hasAllRights(caller));
  return caller.organizationId === null || caller.organizationId === id;
};
const isInPerson = ({ actor }: Caller): boolean => actor.kind === 'account';

/** The id goes first: a slug may look like an id, an id is never somebody else's. */
async function findAsked(tx: Transaction, asked: string) {
  const byId = isUuid(asked) ? await findOrganization(tx, asked) : undefined;
  if (byId || slugProblem(asked) === 'malformed') return byId;
  return findOrganizationBySlug(tx, asked);
}

/** Writes one line on the caller's behalf. */
export const writeNote = (
  tx: Transaction,
  now: Date,
  caller: Caller,
  organizationId: string | null,
  entry: Note,
): Promise<void> =>
  writeLedger(tx, now, [{ ...entry, organizationId, actor: caller.actor, requestId: caller.requestId }]);
