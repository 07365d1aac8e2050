import { envelopeFor } from '../credentials/recipient';
import { sendLink } from '../credentials/send-link';
import type { ErrorCode } from '../domain/errors';
import { linksOf } from '../domain/links';
import { openDoor, type Door } from '../provisioning/door';
import { preview } from '../provisioning/preview';
import { provision } from '../provisioning/provision';
import { recordFromForm } from '../sources/form';
import { consumeEmailLink } from '../storage/email-links';
import { findByEmail, findLocalPerson, type LocalPerson } from '../storage/local-people';
import type { Transaction } from '../storage/rows';
import { adminSource } from '../storage/sources';
import { inTransaction } from '../storage/transaction';
import type { SelfServiceDeps } from './deps';
import { holdLink } from './hold';
import { readLink, type LinkLooked, type OpenLink } from './open-link';
import { showsPassword } from './present-password';
import { onTheBeat } from './steady';
import type { Visit } from './visit';

type Refused = { kind: 'refused'; code: ErrorCode };

/**
 * A signed-in person asks for another e-mail address, showing the password if there is one: a link goes to the new one, and
 * nothing changes until it is used. That somebody else has the address is told to that mailbox only.
 */
export const askForEmail = (
  deps: SelfServiceDeps,
  visit: Visit,
  accountId: string,
  { email, current }: { email: string; current: string },
): Promise<{ kind: 'check_email' } | Refused> =>
  onTheBeat(async () => {
    const shown = await showsPassword(deps, visit, accountId, current);
    if (shown.kind === 'refused') return shown;
    const mayMail = await deps.throttle.mayMail(visit.organization.id, email);
    if (!mayMail) return { kind: 'refused', code: 'rate_limited' };
    return inTransaction(deps.db, (tx) => askIn(tx, deps, visit, accountId, email));
  });

async function askIn(
  tx: Transaction,
  deps: SelfServiceDeps,
  { organization, requestId, language }: Visit,
  accountId: string,
  email: string,
): Promise<{ kind: 'check_email' } | Refused> {
  const now = deps.now();
  const person = await findLocalPerson(tx, organization.id, accountId);
  if (!person) return { kind: 'refused', code: 'not_found' };
  const code = await emailRefusal(tx, organization.id, person, email, now);
  if (code && code !== 'email_taken') return { kind: 'refused', code };
  const { contactId, displayName, locale } = person;
  const to = { email, displayName, locale: locale ?? language };
  const holder = code && (await findByEmail(tx, organization.id, email));
  if (holder) {
    const { signIn, absolute } = linksOf(deps.baseUrl, organization);
    const letter = { kind: 'already_registered', signInUrl: absolute(signIn) } as const;
    await deps.mailroom.post(tx, now, envelopeFor(organization, holder), letter);
  } else {
    const occasion = { actor: { kind: 'account', id: accountId }, now, requestId } as const;
    await sendLink(tx, deps, {
      organization,
      purpose: 'confirm_email',
      person: { accountId, contactId },
      occasion,
      to,
    });
  }
  return { kind: 'check_email' };
}

/** Why a person may not change their own address; undefined when they may. */
export async function ownEmailRefusal(
  { db, now }: SelfServiceDeps,
  { organization }: Pick<Visit, 'organization'>,
  accountId: string,
): Promise<ErrorCode | undefined> {
  const person = await findLocalPerson(db.manager, organization.id, accountId);
  if (!person) return 'not_found';
  // Any other address will do: what matters is who owns the field.
  const code = await emailRefusal(db.manager, organization.id, person, `another.${person.email}`, now());
  return code === 'email_taken' ? undefined : code;
}

/** What the door says of it: a field that a directory or the identity provider owns is changed there. */
async function emailRefusal(
  tx: Transaction,
  organizationId: string,
  person: LocalPerson,
  email: string,
  now: Date,
): Promise<ErrorCode | undefined> {
  if (person.adminManaged) return 'admin_managed';
  const door = await ownDoor(tx, organizationId);
  const decision = await preview(tx, door, recordOf(door, person, email), now);
  return decision.action === 'refuse' ? decision.reason : undefined;
}

/** What people change about themselves counts as typed in by hand. */
const ownDoor = async (tx: Transaction, organizationId: string): Promise<Door> =>
  openDoor(tx, organizationId, await adminSource(tx, organizationId));

const recordOf = ({ sourceId }: Door, { contactId }: LocalPerson, email: string) =>
  recordFromForm(sourceId, { contactId, attributes: { email }, emailVerified: true, access: {} });

/** The link at the new address was used: the address changes, and the old one hears of it. */
export const confirmEmail = (
  deps: SelfServiceDeps,
  visit: Visit,
  token: string,
): Promise<{ kind: 'changed' } | Exclude<LinkLooked, { kind: 'open' }>> =>
  inTransaction(deps.db, async (tx) => {
    const before = await readLink(tx, visit, token, deps.now());
    if (before.kind !== 'open') return before;
    const { link, person } = before;
    const door = await ownDoor(tx, visit.organization.id);
    if (person && link.email) await holdLink(tx, door, recordOf(door, person, link.email), link);
    const now = deps.now();
    const present = await readLink(tx, visit, token, now);
    return present.kind === 'open' ? changeEmail(tx, deps, visit, door, present, now) : present;
  });

async function changeEmail(
  tx: Transaction,
  deps: SelfServiceDeps,
  { organization, requestId }: Visit,
  door: Door,
  { link, person }: OpenLink,
  now: Date,
): Promise<{ kind: 'changed' } | Exclude<LinkLooked, { kind: 'open' }>> {
  const { email, purpose } = link;
  if (!person || !email || purpose !== 'confirm_email') return { kind: 'over', found: { standing: 'unknown' } };
  const refusal = await emailRefusal(tx, organization.id, person, email, now);
  if (refusal) return { kind: 'refused', code: refusal };
  // Before the address: a change of it revokes every link that is open.
  if (!(await consumeEmailLink(tx, link, now))) throw new Error('an open link that is held is used once');
  const occasion = { actor: { kind: 'account', id: person.accountId }, now, requestId } as const;
  const [outcome] = await provision(tx, door, [recordOf(door, person, email)], occasion);
  if (outcome?.decision.action !== 'apply') throw new Error('what the door let pass under lock is applied');
  const contacts = organization.technicalContacts;
  const letter = { kind: 'email_changed', newEmail: email, contacts } as const;
  await deps.mailroom.post(tx, now, envelopeFor(organization, person), letter);
  return { kind: 'changed' };
}
