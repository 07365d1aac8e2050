import { hashPassword, needsRehash, verifyPassword } from '../connections/password/hash';
import { normalizeEmail } from '../domain/email-address';
import type { ErrorCode } from '../domain/errors';
import type { OrganizationId } from '../domain/ids';
import { findLocalAccount, holdLocalAccount, replaceHash, type LocalAccount } from '../storage/passwords';
import { countBreakGlass } from '../storage/break-glass';
import type { Transaction } from '../storage/rows';
import { readSsoStanding } from '../storage/sso-standing';
import { inTransaction } from '../storage/transaction';
import { admitLocally, turnAwayLocally } from './admit-locally';
import type { SignInDeps } from './deps';
import type { LocalRequest } from './local-request';
import type { LocalOutcome } from './outcome';

/** Somebody typed a name and a password. */
export interface PasswordRequest extends LocalRequest {
  /** E-mail address or username. */
  login: string;
  password: string;
  /** Of the network. */
  address: string;
}

/**
 * Signs in with a password. An unknown name and a wrong password cost the same time and have the same answer (security 20);
 * why an account may not come in is told to who has its password only.
 */
export async function signInWithPassword(deps: SignInDeps, request: PasswordRequest): Promise<LocalOutcome> {
  const { organization, login, password, address } = request;
  const { manager } = deps.db;
  if (await takesNoPassword(manager, organization.id)) return turnAwayUnread(deps, request, 'password_not_permitted');
  const checked = await deps.throttle.password({ organizationId: organization.id, login, address }, async () => {
    const account = await findLocalAccount(manager, organization.id, { email: normalizeEmail(login), username: login });
    return { account, right: await verifyPassword(account?.hash ?? undefined, password) };
  });
  if (checked === 'rate_limited') return turnAwayUnread(deps, request, 'rate_limited');
  const { account, right } = checked;
  if (!right || !account?.hash) return turnAway(deps, request, account, 'invalid_credentials');
  return letIn(deps, request, account, await freshHash(deps, request, account.accountId, account.hash));
}

/** SSO is required, and nobody may come in past it. Where somebody may, who that is shows nobody but their password. */
const takesNoPassword = async (tx: Transaction, organizationId: OrganizationId): Promise<boolean> =>
  (await readSsoStanding(tx, organizationId)) === 'required' && (await countBreakGlass(tx, organizationId)) === 0;

/** Stronger parameters reach the passwords that are used. */
async function freshHash(
  { db }: SignInDeps,
  { organization, password }: PasswordRequest,
  accountId: string,
  hash: string,
): Promise<string> {
  if (!needsRehash(hash)) return hash;
  const after = await hashPassword(password);
  await replaceHash(db.manager, organization.id, accountId, hash, after);
  return after;
}

/**
 * A password that was not looked at. It leaves a line where that cannot fill the table, and is answered alike for known
 * and unknown names.
 */
async function turnAwayUnread(
  deps: SignInDeps,
  request: PasswordRequest,
  code: 'password_not_permitted' | 'rate_limited',
): Promise<LocalOutcome> {
  const { organization, login, address } = request;
  if (await deps.throttle.mayNote(organization.id, address, login)) {
    const who = { email: normalizeEmail(login), username: login };
    await turnAway(deps, request, await findLocalAccount(deps.db.manager, organization.id, who), code);
  }
  return { kind: 'refused', code };
}

function turnAway(
  { db, now }: SignInDeps,
  request: PasswordRequest,
  account: LocalAccount | undefined,
  code: ErrorCode,
): Promise<LocalOutcome> {
  return inTransaction(db, (tx) => turnAwayLocally(tx, request, account, now(), code));
}

function letIn(deps: SignInDeps, request: PasswordRequest, account: LocalAccount, hash: string): Promise<LocalOutcome> {
  const { db, now } = deps;
  return inTransaction(db, async (tx) => {
    // Looking at a password takes a while. One that was changed meanwhile is no proof any more, and whose account was
    // suspended meanwhile does not come in.
    const held = await holdLocalAccount(tx, request.organization.id, account.accountId, hash);
    return held
      ? admitLocally(tx, deps, request, held, now())
      : turnAwayLocally(tx, request, account, now(), 'invalid_credentials');
  });
}
