import { findLink } from '../credentials/find-link';
import { purposeFor, sendLink } from '../credentials/send-link';
import type { ErrorCode } from '../domain/errors';
import type { LinkPurpose } from '../domain/email-link';
import { findLocalPerson, type LocalPerson } from '../storage/local-people';
import { inTransaction } from '../storage/transaction';
import type { SelfServiceDeps } from './deps';
import { onTheBeat } from './steady';
import type { Visit } from './visit';

/** Whoever held the old link reads the same mailbox: a new one may go there. */
const RENEWABLE: ReadonlySet<LinkPurpose> = new Set(['confirm_signup', 'set_password', 'reset_password']);

/** A link that was used, revoked or is not ours is not renewed by its holder. */
export const isRenewable = (standing: string, purpose: LinkPurpose): boolean =>
  RENEWABLE.has(purpose) && (standing === 'expired' || standing === 'replaced');

/** Sends a new link to the address that an expired or replaced one went to. What became of the account is not told. */
export const sendLinkAgain = (
  deps: SelfServiceDeps,
  visit: Visit,
  token: string,
): Promise<{ kind: 'check_email' } | { kind: 'refused'; code: ErrorCode }> =>
  onTheBeat(async () => {
    const { organization, address } = visit;
    if (!(await deps.throttle.mayAsk(address))) return { kind: 'refused', code: 'rate_limited' };
    const found = await findLink(deps.db.manager, organization.id, token, deps.now());
    if (!found.link || !isRenewable(found.standing, found.link.purpose))
      return { kind: 'refused', code: 'unknown_link' };
    const { accountId, email } = found.link;
    const person = accountId && (await findLocalPerson(deps.db.manager, organization.id, accountId));
    const isSame = person && person.email === email && !person.adminManaged;
    if (isSame && (await deps.throttle.mayMail(organization.id, email))) await send(deps, visit, person);
    return { kind: 'check_email' };
  });

const send = (deps: SelfServiceDeps, { organization, requestId }: Visit, person: LocalPerson): Promise<string> =>
  inTransaction(deps.db, (tx) => {
    const { accountId, contactId } = person;
    const purpose = purposeFor(person);
    const occasion = { actor: { kind: 'person', accountId }, now: deps.now(), requestId } as const;
    return sendLink(tx, deps, { organization, purpose, person: { accountId, contactId }, occasion, to: person });
  });
