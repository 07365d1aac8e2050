import { envelopeFor } from '../credentials/recipient';
import { purposeFor, sendLink } from '../credentials/send-link';
import { mayChoosePassword, type SsoStanding } from '../domain/break-glass';
import { signupRefusal } from '../domain/decide-status';
import type { ErrorCode } from '../domain/errors';
import { linksOf } from '../domain/links';
import type { Letter } from '../mail/letter';
import { countBreakGlass } from '../storage/break-glass';
import { findByEmail, type LocalPerson } from '../storage/local-people';
import type { Transaction } from '../storage/rows';
import { readSsoStanding } from '../storage/sso-standing';
import { inTransaction } from '../storage/transaction';
import type { SelfServiceDeps } from './deps';
import { onTheBeat } from './steady';
import type { Visit } from './visit';

export type ForgotOutcome = { kind: 'check_email' } | { kind: 'refused'; code: ErrorCode };

/** Mails a link to choose a password, or says why there is none to choose; an unknown address has the same answer and no mail. */
export const forgotPassword = (deps: SelfServiceDeps, visit: Visit, email: string): Promise<ForgotOutcome> =>
  onTheBeat(async () => {
    const { organization, address } = visit;
    const { manager } = deps.db;
    const sso = await readSsoStanding(manager, organization.id);
    if (sso === 'required' && (await countBreakGlass(manager, organization.id)) === 0)
      return { kind: 'refused', code: 'password_not_permitted' };
    if (!(await deps.throttle.mayAsk(address))) return { kind: 'refused', code: 'rate_limited' };
    if (!(await deps.throttle.mayMail(organization.id, email))) return { kind: 'check_email' };
    await inTransaction(deps.db, async (tx) => {
      const person = await findByEmail(tx, organization.id, email);
      if (person) await mailWayIn(tx, deps, visit, person, sso);
    });
    return { kind: 'check_email' };
  });

/** Mails a person the link by which they come to have a password, or what they do instead. */
export async function mailWayIn(
  tx: Transaction,
  deps: SelfServiceDeps,
  visit: Visit,
  person: LocalPerson,
  sso: SsoStanding,
): Promise<void> {
  const { organization, requestId } = visit;
  const now = deps.now();
  const { accountId, contactId } = person;
  const letter = letterInstead(deps, visit, person, sso, now);
  if (letter) return deps.mailroom.post(tx, now, envelopeFor(organization, person), letter);
  const purpose = purposeFor(person);
  const occasion = { actor: { kind: 'person' }, now, requestId } as const;
  await sendLink(tx, deps, { organization, purpose, person: { accountId, contactId }, occasion, to: person });
}

/** Who has no password to choose is told what to do instead. */
function letterInstead(
  { baseUrl }: SelfServiceDeps,
  { organization, policy }: Visit,
  { status, email, adminManaged, accessUntil, ...person }: LocalPerson,
  sso: SsoStanding,
  now: Date,
): Letter | undefined {
  const { signIn, absolute } = linksOf(baseUrl, organization);
  if (!mayChoosePassword(sso, person)) return { kind: 'sign_in_elsewhere', signInUrl: absolute(signIn) };
  const isBarred = status === 'unconfirmed' && signupRefusal({ policy, isSsoOrganization: sso !== 'none' }, { email });
  const mayNot =
    isBarred ||
    adminManaged ||
    status === 'suspended' ||
    status === 'deactivated' ||
    (accessUntil && accessUntil <= now);
  return mayNot ? { kind: 'ask_admin', contacts: organization.technicalContacts } : undefined;
}
