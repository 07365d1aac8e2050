import { findLink, type OverLink } from '../credentials/find-link';
import type { ErrorCode } from '../domain/errors';
import type { LinkPurpose } from '../domain/email-link';
import { findLocalPerson, type LocalPerson } from '../storage/local-people';
import type { Transaction } from '../storage/rows';
import { readSsoStanding } from '../storage/sso-standing';
import { inTransaction } from '../storage/transaction';
import type { SelfServiceDeps } from './deps';
import { mailWayIn } from './forgot-password';
import { onTheBeat } from './steady';
import type { Visit } from './visit';

/** Whoever held the old link reads the same mailbox: a new one may go there. */
const RENEWABLE: ReadonlySet<LinkPurpose> = new Set(['confirm_signup', 'set_password', 'reset_password']);

/**
 * Whether the holder of a link that is over may have a new one sent. One that was used, revoked or is not ours is not renewed,
 * nor one for an account that is gone or has another address by now.
 */
export const mayLinkAgain = async (deps: SelfServiceDeps, visit: Visit, found: OverLink): Promise<boolean> =>
  (await heir(deps.db.manager, visit, found)) !== undefined;

/** To whom a new link may go. */
async function heir(
  tx: Transaction,
  { organization }: Visit,
  { standing, link }: OverLink,
): Promise<LocalPerson | undefined> {
  const isRenewable = link && RENEWABLE.has(link.purpose) && (standing === 'expired' || standing === 'replaced');
  if (!isRenewable || !link.accountId) return undefined;
  const person = await findLocalPerson(tx, organization.id, link.accountId);
  return person?.email === link.email && !person?.adminManaged ? person : undefined;
}

/** Sends a new link, or what to do instead, to the address that an expired or replaced one went to. */
export const sendLinkAgain = (
  deps: SelfServiceDeps,
  visit: Visit,
  token: string,
): Promise<{ kind: 'check_email' } | { kind: 'refused'; code: ErrorCode }> =>
  onTheBeat(async () => {
    const { organization, address } = visit;
    if (!(await deps.throttle.mayAsk(address))) return { kind: 'refused', code: 'rate_limited' };
    const found = await findLink(deps.db.manager, organization.id, token, deps.now());
    const person = found.standing === 'open' ? undefined : await heir(deps.db.manager, visit, found);
    if (!person) return { kind: 'refused', code: 'unknown_link' };
    if (!(await deps.throttle.mayMail(organization.id, person.email))) return { kind: 'check_email' };
    await inTransaction(deps.db, async (tx) =>
      mailWayIn(tx, deps, visit, person, await readSsoStanding(tx, organization.id)),
    );
    return { kind: 'check_email' };
  });
