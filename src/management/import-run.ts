import type { AccountId } from '../domain/ids';
import type { RunRef } from '../domain/run';
import { advanceRun } from '../runs/advance';
import type { Untouchable } from '../runs/untouchable';
import { listPeopleWithRoles } from '../storage/people-with-roles';
import type { Transaction } from '../storage/rows';
import type { RunLine } from '../storage/runs';
import { sendAccountLink } from './credentials';
import type { Caller, ManagementDeps } from './deps';
import { scopesOf } from './portal-roles';
import { includesScope } from './scopes';

/** Goes on with an import, with the rights of whoever asked for it. */
export const runImport = (deps: ManagementDeps, ref: RunRef, signal?: AbortSignal): Promise<void> =>
  advanceRun({ db: deps.db, now: deps.now, untouchable, invite: (...call) => invite(deps, ...call) }, ref, signal);

/** Security 26: whoever has a role that may do more than the caller is not changed by a file of theirs. */
export async function untouchable(tx: Transaction, run: RunLine): Promise<Untouchable> {
  const people = await listPeopleWithRoles(tx, run.organizationId, run.sourceId);
  const above = people.filter(({ roles }) => scopesOf(roles).some((scope) => !includesScope(run.scopes, scope)));
  return {
    contactIds: new Set(above.map(({ contactId }) => contactId)),
    emails: new Set(above.flatMap(({ emails }) => emails)),
    externalIds: new Set(above.flatMap(({ externalId }) => externalId ?? [])),
    originIds: new Set(above.flatMap(({ originId }) => originId ?? [])),
  };
}

/** By the very function that sends one person a link, in the transaction that notes it. */
async function invite(deps: ManagementDeps, tx: Transaction, run: RunLine, accountId: AccountId): Promise<void> {
  const { actor, scopes, requestId, organizationId } = run;
  const caller: Caller = { actor, scopes, organizationId, ...(requestId && { requestId }) };
  await sendAccountLink({ ...deps, transact: (_db, work) => work(tx) }, caller, organizationId, accountId);
}
