import { findLink, type OverLink } from '../credentials/find-link';
import { mayChoosePassword } from '../domain/break-glass';
import type { EmailLink } from '../domain/email-link';
import type { ErrorCode } from '../domain/errors';
import { preview } from '../provisioning/preview';
import { recordFromMailbox } from '../sources/self-service';
import { noteLinkOpened } from '../storage/email-links';
import { findLocalPerson, type LocalPerson } from '../storage/local-people';
import type { Transaction } from '../storage/rows';
import { readSsoStanding } from '../storage/sso-standing';
import type { SelfServiceDeps } from './deps';
import { openOwnDoor } from './own-door';
import type { Visit } from './visit';

/** A link that counts, and for whom. */
export interface OpenLink {
  link: EmailLink;
  /** Nobody yet, for the first owner. */
  person?: LocalPerson;
}

export type LinkLooked =
  ({ kind: 'open' } & OpenLink) | { kind: 'over'; found: OverLink } | { kind: 'refused'; code: ErrorCode };

/** What a link's page shows. Looking uses nothing up; that it was looked at is noted. */
export async function lookAtLink(deps: SelfServiceDeps, visit: Visit, token: string): Promise<LinkLooked> {
  const { manager } = deps.db;
  const now = deps.now();
  const looked = await readLink(manager, visit, token, now);
  if (looked.kind === 'open') await noteLinkOpened(manager, looked.link, now);
  return looked;
}

/** The link as it stands now, and whether what it is for is still possible. */
export async function readLink(
  tx: Transaction,
  { organization }: Visit,
  token: string,
  now: Date,
): Promise<LinkLooked> {
  const found = await findLink(tx, organization.id, token, now);
  if (found.standing !== 'open') return { kind: 'over', found };
  const { link } = found;
  if (!link.accountId) return { kind: 'open', link };
  const person = await findLocalPerson(tx, organization.id, link.accountId);
  if (!person) return { kind: 'over', found: { standing: 'revoked', link } };
  const code = await obstacle(tx, organization.id, link, person, now);
  return code ? { kind: 'refused', code } : { kind: 'open', link, person };
}

/** Much may have happened between the mail and the click: the door is asked again, and what SSO means for passwords. */
async function obstacle(
  tx: Transaction,
  organizationId: string,
  { purpose, email }: EmailLink,
  { status, contactId, adminManaged, hasPassword, isBreakGlass, ...person }: LocalPerson,
  now: Date,
): Promise<ErrorCode | undefined> {
  const door = await openOwnDoor(tx, organizationId);
  // Whether the new address may be theirs is asked when it is confirmed; here, whether the person may come in at all.
  const address = purpose === 'confirm_email' ? person.email : (email ?? person.email);
  const decision = await preview(tx, door, recordFromMailbox(door.sourceId, contactId, address), now);
  if (decision.action === 'refuse') return decision.reason;
  if (adminManaged) return 'admin_managed';
  if (purpose === 'confirm_email') return undefined;
  const sso = await readSsoStanding(tx, organizationId);
  const isSettled = status !== 'unconfirmed' && hasPassword;
  return mayChoosePassword(sso, { hasPassword: isSettled, isBreakGlass }) ? undefined : 'password_not_permitted';
}
