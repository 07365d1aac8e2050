import type { BrowserStep } from '../connections/connection';
import { logoutRequest, requestAddress } from '../connections/saml/logout/send';
import type { OrganizationId, SessionId } from '../domain/ids';
import { findConnection } from '../storage/connections';
import { insertPendingLogout } from '../storage/pending-logouts';
import { findProviderSession } from '../storage/provider-sessions';
import { hashOf } from './attempt';
import type { SignInDeps } from './deps';
import { newMessageId } from './receive-logout';

const ANSWER_MINUTES = 60;

interface Session {
  organizationId: OrganizationId;
  id: SessionId;
}

/** The identity provider that offers to end this session too; a connection that was pointed at another one since has none. */
async function providerOf(deps: SignInDeps, { organizationId, id }: Session) {
  const { manager } = deps.db;
  const known = await findProviderSession(manager, organizationId, id);
  const record = known && (await findConnection(manager, organizationId, known.connectionId));
  const opened = record && deps.openConnection(record);
  if (!record || opened?.kind !== 'saml' || opened.context.settings.idpEntityId !== known?.principal.issuer)
    return undefined;
  const address = requestAddress(opened.context.settings);
  return address && { known, name: record.name, context: opened.context, address };
}

/** The origin that signing out of this session leads to; undefined where it leads nowhere. */
export async function logoutOrigin(deps: SignInDeps, session: Session): Promise<string | undefined> {
  const provider = await providerOf(deps, session);
  return provider && new URL(provider.address.url).origin;
}

/**
 * Asks the identity provider of a session that has ended here to end its own too (SAML Profiles 4.4.3.1). Yields where
 * the browser goes and the connection's name; undefined where there is nobody to ask. With the answer it goes to
 * `returnTo`, which is nobody's to type: an address that an application registered.
 */
export async function beginLogout(
  deps: SignInDeps,
  session: Session,
  { browser, returnTo }: { browser: string; returnTo?: string },
): Promise<{ step: BrowserStep; connection: string } | undefined> {
  const provider = await providerOf(deps, session);
  if (!provider) return undefined;
  const { known, name, context, address } = provider;
  const now = deps.now();
  const id = newMessageId();
  const about = { id, principal: known.principal, sessionIndex: known.sessionIndex ?? undefined, now };
  await insertPendingLogout(deps.db.manager, {
    organizationId: session.organizationId,
    connectionId: context.id,
    requestHash: hashOf(id),
    browserHash: hashOf(browser),
    returnTo: returnTo ?? null,
    expiresAt: new Date(now.getTime() + ANSWER_MINUTES * 60_000),
  });
  return { step: logoutRequest(context, address, about), connection: name };
}
