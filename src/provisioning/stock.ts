import type { AccountState } from '../domain/account';
import type { Decision } from '../domain/decision';
import { accountAfter, holdingsOf } from '../domain/holdings';
import type { LicenceId } from '../domain/ids';

/** What people who are decided about one after the other are handed out in turn: usernames and seats. */
export interface Stock {
  /** Keys. */
  takenUsernames: Set<string>;
  /** Of the licences that are limited. */
  freeSeats: Map<LicenceId, number>;
}

export const newStock = (): Stock => ({ takenUsernames: new Set(), freeSeats: new Map() });

/** Keeps the stock true after a decision: what was granted is taken for the next, what was let go is free. */
export function handOut(stock: Stock, account: AccountState | undefined, decision: Decision): void {
  const before = holdingsOf(account);
  const after = holdingsOf(accountAfter(account, decision));
  if (before.username !== undefined) stock.takenUsernames.delete(before.username);
  if (after.username !== undefined) stock.takenUsernames.add(after.username);
  if (before.licence !== undefined) addSeats(stock, before.licence, 1);
  if (after.licence !== undefined) addSeats(stock, after.licence, -1);
}

function addSeats({ freeSeats }: Stock, licence: LicenceId, seats: number): void {
  const free = freeSeats.get(licence);
  if (free !== undefined) freeSeats.set(licence, free + seats);
}
