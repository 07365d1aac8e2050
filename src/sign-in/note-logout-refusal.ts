import type { ErrorCode } from '../domain/errors';
import { writeLedger } from '../storage/ledger';
import { inTransaction } from '../storage/transaction';
import type { SignInDeps } from './deps';
import type { ProviderLogout } from './end-provider-sessions';

/** A logout message that was not accepted, in the ledger with the rule that failed. */
export function noteLogoutRefusal(
  deps: SignInDeps,
  { organizationId, connectionId, by, requestId }: ProviderLogout,
  { code, rule }: { code: ErrorCode; rule: string },
): Promise<void> {
  return inTransaction(deps.db, (tx) =>
    writeLedger(tx, deps.now(), [
      {
        organizationId,
        // Who sent it is not known: that it was the provider is what did not prove true.
        actor: { kind: 'system' },
        action: 'logout.refused',
        outcome: code,
        connectionId,
        details: { rule, by },
        requestId,
      },
    ]),
  );
}
