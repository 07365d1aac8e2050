import { z } from 'zod';
import { linkStanding } from '../domain/email-link';
import { AppError } from '../domain/errors';
import type { AccountId, EmailLinkId } from '../domain/ids';
import {
  listEmailLinks as readLinks,
  newestEmailLinks,
  revokeEmailLinks,
  type EmailLinkLine,
} from '../storage/email-links';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, type Island } from './island';
import { mapPage, pageOf, type Page, type PageQuery } from './page';

export const LINK_STATES = ['queued', 'sent', 'failed', 'opened', 'used', 'expired', 'replaced', 'revoked'] as const;
export type LinkState = (typeof LINK_STATES)[number];

export const emailLinkFilter = z.strictObject({ accountId: z.uuid().optional() });
export type EmailLinkFilter = z.output<typeof emailLinkFilter>;

/** A link as an admin sees it; never the token. */
export interface EmailLinkView extends Omit<EmailLinkLine, 'organizationId' | 'smtpStatus' | 'smtpResponse'> {
  state: LinkState;
  /** What the recipient's mail server answered last, while it refuses. */
  failure: { status: number | null; response: string | null } | null;
}

/** Newest first. */
export const listEmailLinks = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { limit, cursor, accountId }: PageQuery & EmailLinkFilter,
): Promise<Page<EmailLinkView>> =>
  reading(deps, caller, organization, 'accounts:read', async ({ tx, organization: { id }, now }) => {
    const found = await readLinks(tx, { organizationId: id, limit: limit + 1, before: cursor, accountId });
    return mapPage(pageOf(found, limit), (line) => viewOf(line, now));
  });

/** How the newest link of each of these accounts stands, by account; who was sent none is left out. */
export const newestLinkStates = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, LinkState>> =>
  reading(deps, caller, organization, 'accounts:read', async ({ tx, organization: { id }, now }) => {
    const found = ids.length ? await newestEmailLinks(tx, id, ids) : [];
    return new Map(found.map((link) => [link.accountId ?? '', stateOf(link, now)]));
  });

export const readEmailLink = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: EmailLinkId,
): Promise<EmailLinkView> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => viewOf(await linkIn(island, id), island.now));

/** Makes a link count no more. @throws AppError invalid_state_change when it does not count anyway */
export const revokeEmailLink = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: EmailLinkId,
): Promise<EmailLinkView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const { tx, organization: own, now, note } = island;
    const { accountId } = await linkIn(island, id);
    const revoked = await revokeEmailLinks(tx, own.id, { id }, now);
    const line = await linkIn(island, id);
    if (!revoked) throw new AppError('invalid_state_change', { detail: `The link is ${stateOf(line, now)} already.` });
    const concerned = { resource: `email_link:${id}`, ...(accountId && { accountId }) };
    await note({ action: 'link.revoked', ...concerned });
    return viewOf(line, now);
  });

async function linkIn({ tx, organization }: Island, id: EmailLinkId): Promise<EmailLinkLine> {
  const [found] = await readLinks(tx, { organizationId: organization.id, limit: 1, id });
  if (!found) throw new AppError('not_found');
  return found;
}

function viewOf(found: EmailLinkLine, now: Date): EmailLinkView {
  const { organizationId: _own, smtpStatus: status, smtpResponse: response, ...line } = found;
  const isTold = status !== null || response !== null;
  const failure = !line.sentAt && isTold ? { status, response } : null;
  return { ...line, state: stateOf(found, now), failure };
}

function stateOf(line: EmailLinkLine, now: Date): LinkState {
  const standing = linkStanding(line, now);
  if (standing !== 'open') return standing;
  if (line.openedAt) return 'opened';
  if (line.failedAt) return 'failed';
  return line.sentAt ? 'sent' : 'queued';
}
