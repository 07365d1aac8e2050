import { envelopeFor } from '../credentials/recipient';
import { sendLink } from '../credentials/send-link';
import { signupRefusal } from '../domain/decide-status';
import type { ErrorCode } from '../domain/errors';
import { linksOf } from '../domain/links';
import { lockKeysOf } from '../provisioning/lock-keys';
import { provision } from '../provisioning/provision';
import { recordFromSignup, type SignupFields } from '../sources/self-service';
import { writeLedger } from '../storage/ledger';
import { findByEmail, type LocalPerson } from '../storage/local-people';
import { lockKeys } from '../storage/people';
import type { Transaction } from '../storage/rows';
import { inTransaction } from '../storage/transaction';
import type { SelfServiceDeps } from './deps';
import { openOwnDoor } from './own-door';
import { onTheBeat } from './steady';
import type { Visit } from './visit';

export type SignupOutcome = { kind: 'check_email' } | { kind: 'refused'; code: ErrorCode };

/**
 * Creates an account that is unconfirmed and holds nothing, and mails the link that confirms it. A known address has the
 * same answer and another mail. Refused where people do not create accounts, whatever the address.
 */
export const signUp = (deps: SelfServiceDeps, visit: Visit, fields: SignupFields): Promise<SignupOutcome> =>
  onTheBeat(async () => {
    if (!(await deps.throttle.mayAsk(visit.address))) return { kind: 'refused', code: 'rate_limited' };
    const mayMail = await deps.throttle.mayMail(visit.organization.id, fields.email);
    return inTransaction(deps.db, (tx) => signUpIn(tx, deps, visit, fields, mayMail));
  });

/** Whether people may create accounts here at all, for the page that offers it. */
export async function signupRefusalAt(
  { db }: SelfServiceDeps,
  { organization }: Pick<Visit, 'organization'>,
): Promise<ErrorCode | undefined> {
  return signupRefusal(await openOwnDoor(db.manager, organization.id), {});
}

async function signUpIn(
  tx: Transaction,
  deps: SelfServiceDeps,
  visit: Visit,
  fields: SignupFields,
  mayMail: boolean,
): Promise<SignupOutcome> {
  const { organization, requestId } = visit;
  const now = deps.now();
  const door = await openOwnDoor(tx, organization.id);
  // The door's own rule, asked before anything is looked up: its answer tells nothing about an address.
  const refusal = signupRefusal(door, { email: fields.email });
  if (refusal) {
    const line = {
      organizationId: organization.id,
      actor: { kind: 'person' } as const,
      sourceId: door.sourceId,
      requestId,
    };
    await writeLedger(tx, now, [{ ...line, action: 'provisioning.refused', outcome: refusal }]);
    return { kind: 'refused', code: refusal };
  }
  // What no mail can tell of is not done: the newest mail is what its link confirms.
  if (!mayMail) return { kind: 'check_email' };
  await lockKeys(tx, organization.id, lockKeysOf(recordFromSignup(door.sourceId, fields, undefined), door));
  const known = await findByEmail(tx, organization.id, fields.email);
  if (known && known.status !== 'unconfirmed') return tellKnown(tx, deps, visit, known);

  const record = recordFromSignup(door.sourceId, fields, known?.contactId);
  const occasion = { actor: { kind: 'person' }, now, requestId } as const;
  const [outcome] = await provision(tx, door, [record], occasion);
  if (!outcome) throw new Error('the door yields an outcome per record');
  const { decision, accountId, contactId } = outcome;
  if (decision.action === 'refuse') return { kind: 'refused', code: decision.reason };
  if (accountId && contactId) {
    const to = { email: fields.email, displayName: record.attributes.displayName, locale: fields.locale };
    const person = { accountId, contactId };
    await sendLink(tx, deps, { organization, purpose: 'confirm_signup', person, occasion, to });
  }
  return { kind: 'check_email' };
}

/** Who has an account already hears of it where only they read it. */
async function tellKnown(
  tx: Transaction,
  deps: SelfServiceDeps,
  { organization }: Visit,
  known: LocalPerson,
): Promise<SignupOutcome> {
  const { signIn, forgot, absolute } = linksOf(deps.baseUrl, organization);
  await deps.mailroom.post(tx, deps.now(), envelopeFor(organization, known), {
    kind: 'already_registered',
    signInUrl: absolute(signIn),
    ...(!known.adminManaged && { forgotUrl: absolute(forgot) }),
  });
  return { kind: 'check_email' };
}
