import { acceptPassword, setPassword, type PasswordRefusal } from '../credentials/password';
import { envelopeFor } from '../credentials/recipient';
import { takesPassword } from '../domain/break-glass';
import type { ErrorCode } from '../domain/errors';
import type { AccountId, SessionId } from '../domain/ids';
import { linksOf } from '../domain/links';
import type { LocalOutcome } from '../sign-in/outcome';
import { admitAccount } from '../sign-in/admit-locally';
import { findLocalPerson, type LocalPerson } from '../storage/local-people';
import { holdLocalAccount } from '../storage/passwords';
import type { Transaction } from '../storage/rows';
import { findLiveSession } from '../storage/sessions';
import { readSsoStanding } from '../storage/sso-standing';
import { inTransaction } from '../storage/transaction';
import type { SelfServiceDeps } from './deps';
import { showsPassword } from './present-password';
import type { Visit } from './visit';

export type ChangeOutcome =
  | { kind: 'changed'; outcome: Exclude<LocalOutcome, { kind: 'refused' }> }
  | { kind: 'weak'; refusal: PasswordRefusal }
  | { kind: 'refused'; code: ErrorCode };

/** Why a person may not change their own password; undefined when they may. */
export async function ownPasswordRefusal(
  { db }: SelfServiceDeps,
  { organization }: Pick<Visit, 'organization'>,
  accountId: string,
): Promise<ErrorCode | undefined> {
  return refusalFor(db.manager, organization.id, await findLocalPerson(db.manager, organization.id, accountId));
}

async function refusalFor(
  tx: Transaction,
  organizationId: string,
  person: LocalPerson | undefined,
): Promise<ErrorCode | undefined> {
  if (!person?.hasPassword) return 'not_found';
  if (person.adminManaged) return 'admin_managed';
  return takesPassword(await readSsoStanding(tx, organizationId), person) ? undefined : 'password_not_permitted';
}

/**
 * A signed-in person changes their password, by showing the present one. Every other session ends, this browser's goes on as
 * a new one (security 12), and the person is told by mail.
 */
export async function changePassword(
  deps: SelfServiceDeps,
  visit: Visit,
  { accountId, sessionId }: { accountId: AccountId; sessionId: SessionId },
  form: { current: string; password: string },
): Promise<ChangeOutcome> {
  const { organization } = visit;
  const { manager } = deps.db;
  const person = await findLocalPerson(manager, organization.id, accountId);
  const code = await refusalFor(manager, organization.id, person);
  if (code) return { kind: 'refused', code };
  const shown = await showsPassword(deps, visit, accountId, form.current);
  if (shown.kind === 'refused') return shown;
  if (!person || shown.kind === 'none') return { kind: 'refused', code: 'not_found' };
  const { email, username, displayName, givenName, familyName } = person;
  const personal = [email, username, displayName, givenName, familyName, organization.name];
  const accepted = await acceptPassword(form.password, personal);
  if ('refusal' in accepted) return { kind: 'weak', refusal: accepted.refusal };
  return change(deps, visit, person, sessionId, { before: shown.hash, after: accepted.hash });
}

const change = (
  deps: SelfServiceDeps,
  visit: Visit,
  person: LocalPerson,
  sessionId: SessionId,
  { before, after }: { before: string; after: string },
): Promise<ChangeOutcome> =>
  inTransaction(deps.db, async (tx) => {
    const { organization, requestId } = visit;
    const { accountId } = person;
    const now = deps.now();
    if (!(await holdLocalAccount(tx, organization.id, accountId, before)))
      return { kind: 'refused', code: 'invalid_credentials' };
    const shown = await shownBy(tx, organization.id, sessionId, now);
    const { contactId } = person;
    const occasion = { actor: { kind: 'account', id: accountId }, now, requestId } as const;
    await setPassword(tx, organization.id, { accountId, contactId }, after, occasion);
    const { forgot, absolute } = linksOf(deps.baseUrl, organization);
    const contacts = organization.technicalContacts;
    const letter = { kind: 'password_changed', forgotUrl: absolute(forgot), contacts } as const;
    await deps.mailroom.post(tx, now, envelopeFor(organization, person), letter);
    const outcome = await admitAccount(tx, deps, visit, accountId, now, shown);
    return outcome.kind === 'refused' ? { kind: 'refused', code: outcome.code } : { kind: 'changed', outcome };
  });

/** A second factor that the session began with goes on to count in the next. */
async function shownBy(
  tx: Transaction,
  organizationId: string,
  sessionId: SessionId,
  now: Date,
): Promise<readonly string[]> {
  const session = await findLiveSession(tx, organizationId, sessionId, now);
  return session && session.connectionId === null ? session.amr : [];
}
