import { InvalidArgumentError } from 'commander';
import { isLive } from '../domain/account';
import { normalizeEmail } from '../domain/email-address';
import { AppError } from '../domain/errors';
import { listAccounts } from '../management/account-list';
import { readAccount } from '../management/accounts';
import { commandCaller, type ManagementDeps } from '../management/deps';
import { isUuid } from '../management/uuid';
import type { AccountView } from '../storage/account-views';
import { Refusal } from './failure';

/** As an account is named on the command line. */
export type AccountKey = { id: string } | { email: string };

/** For commander. @throws InvalidArgumentError */
export function accountKey(text: string): AccountKey {
  if (isUuid(text)) return { id: text.toLowerCase() };
  const email = normalizeEmail(text);
  if (!email) throw new InvalidArgumentError('It takes one e-mail address, or the id of an account.');
  return { email };
}

/**
 * The account that is meant: of an address the live one, else a sign-up that is not confirmed.
 * @throws Refusal when there is none; AppError unknown_organization
 */
export async function findAccount(deps: ManagementDeps, organization: string, key: AccountKey): Promise<AccountView> {
  const found = 'id' in key ? await byId(deps, organization, key.id) : await byEmail(deps, organization, key.email);
  if (found) return found;
  const name = 'id' in key ? `with the id ${key.id}` : `of ${key.email}`;
  throw new Refusal([`${organization} has no account ${name}; drawbridge account list ${organization} shows them`]);
}

const byId = (deps: ManagementDeps, organization: string, id: string): Promise<AccountView | undefined> =>
  readAccount(deps, commandCaller, organization, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return undefined;
    throw error;
  });

async function byEmail(deps: ManagementDeps, organization: string, email: string): Promise<AccountView | undefined> {
  const { items } = await listAccounts(deps, commandCaller, organization, { limit: 10, email });
  return items.find(({ status }) => isLive(status)) ?? items[0];
}
