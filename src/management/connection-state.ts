import { isSsoState, type ConnectionState } from '../connections/connection';
import { AppError } from '../domain/errors';
import { verifiedDomains } from '../storage/domains';
import type { Caller } from './deps';
import type { Island } from './island';
import { hasAllRights } from './scopes';

/** The way of a connection (contract, Connection states); `disabled` stands beside it. */
const WAY: readonly ConnectionState[] = ['draft', 'testing', 'pilot', 'active', 'required'];

/** States that lie between and were not gone through. */
export function skippedStates(from: ConnectionState, to: ConnectionState): readonly ConnectionState[] {
  const [start, end] = [WAY.indexOf(from === 'disabled' ? 'draft' : from), WAY.indexOf(to)];
  return end > start + 1 ? WAY.slice(start + 1, end) : [];
}

const isStep = (from: ConnectionState, to: ConnectionState): boolean => {
  if (from === to || to === 'disabled') return true;
  if (from === 'disabled') return to === 'draft' || to === 'testing';
  return Math.abs(WAY.indexOf(from) - WAY.indexOf(to)) === 1;
};

/**
 * A key with all rights may go anywhere; any other one step at a time, and to `active` only in an organization that
 * has proved a domain.
 * @throws AppError invalid_state_change, domain_not_verified
 */
export async function requireStep(
  { tx, organization }: Island,
  caller: Caller,
  from: ConnectionState,
  to: ConnectionState,
): Promise<void> {
  if (hasAllRights(caller)) return;
  if (!isStep(from, to))
    throw new AppError('invalid_state_change', {
      detail: `A connection in state ${from} cannot become ${to} at once.`,
    });
  if (!isSsoState(to) || isSsoState(from)) return;
  const domains = await verifiedDomains(tx, organization.id);
  if (!domains.size)
    throw new AppError('domain_not_verified', { detail: 'Verify a domain of the organization before activating SSO.' });
}
