import { linkExpiry, type LinkPurpose } from '../domain/email-link';
import type { AccountId, ContactId, EmailLinkId } from '../domain/ids';
import { linksOf } from '../domain/links';
import { OWNERS_SLUG, type Organization } from '../domain/organization';
import type { Letter } from '../mail/letter';
import type { Occasion } from '../provisioning/door';
import type { LocalPerson } from '../storage/local-people';
import { insertEmailLink } from '../storage/email-links';
import { writeLedger } from '../storage/ledger';
import type { Transaction } from '../storage/rows';
import type { LinkDeps } from './deps';
import { hashLinkToken, newLinkToken } from './link-token';
import { envelopeFor, type Recipient } from './recipient';

interface LinkOrder {
  organization: Organization;
  purpose: LinkPurpose;
  /** Whose account it is for; nobody's yet for the first owner. */
  person?: { accountId: AccountId; contactId: ContactId };
  occasion: Occasion;
}

/**
 * Mails a link that counts 48 hours and once; the one of the same purpose before it counts no more (security 19). Link and
 * mail are written in the caller's transaction.
 */
export async function sendLink(
  tx: Transaction,
  deps: LinkDeps,
  order: LinkOrder & { purpose: Exclude<LinkPurpose, 'first_owner'>; to: Recipient },
): Promise<EmailLinkId> {
  const { organization, to, occasion } = order;
  const { linkId, url } = await makeLink(tx, deps, order, to.email);
  await deps.mailroom.post(tx, occasion.now, { ...envelopeFor(organization, to), linkId }, letterFor(order, to, url));
  return linkId;
}

/** Makes a link for the operator's eyes, who hands it over. Yields its URL, the only place where the token is. */
export async function printLink(
  tx: Transaction,
  deps: Pick<LinkDeps, 'baseUrl'>,
  order: LinkOrder,
  email: string | null,
): Promise<string> {
  return (await makeLink(tx, deps, order, email)).url;
}

async function makeLink(tx: Transaction, deps: Pick<LinkDeps, 'baseUrl'>, order: LinkOrder, email: string | null) {
  const { organization, purpose, person, occasion } = order;
  const { now, actor, requestId } = occasion;
  const token = newLinkToken();
  const linkId = await insertEmailLink(tx, {
    organizationId: organization.id,
    purpose,
    accountId: person?.accountId ?? null,
    email,
    tokenHash: hashLinkToken(token),
    createdAt: now,
    expiresAt: linkExpiry(now),
  });
  const line = { organizationId: organization.id, actor, requestId, ...person };
  await writeLedger(tx, now, [
    { ...line, action: 'link.created', resource: `email_link:${linkId}`, details: { purpose } },
  ]);
  const links = linksOf(deps.baseUrl, organization);
  return { linkId, url: links.absolute(links.link(token)) };
}

function letterFor({ purpose, organization }: LinkOrder, { email }: Recipient, url: string): Letter {
  switch (purpose) {
    case 'confirm_email':
      return { kind: 'confirm_email', url, newEmail: email };
    case 'set_password':
      return { kind: organization.slug === OWNERS_SLUG ? 'owner_invite' : 'set_password', url };
    case 'confirm_signup':
    case 'reset_password':
      return { kind: purpose, url };
    case 'first_owner':
      throw new Error('the first owner has no address yet');
  }
}

/** The link by which this person comes to have a password. */
export const purposeFor = ({
  status,
  hasPassword,
}: LocalPerson): 'confirm_signup' | 'set_password' | 'reset_password' =>
  status === 'unconfirmed' ? 'confirm_signup' : hasPassword ? 'reset_password' : 'set_password';
