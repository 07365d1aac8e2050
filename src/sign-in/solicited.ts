import type { CallbackInput } from '../connections/connection';
import { findAttempt } from '../storage/attempts';
import type { SignInConnection } from '../storage/connections';
import { hashOf, relayOf } from './attempt';
import type { SignInDeps } from './deps';

/** True where a connection takes responses that nobody asked for (security 11). */
export function takesUnsolicited(deps: SignInDeps, connection: SignInConnection): boolean {
  const opened = deps.openConnection(connection);
  return opened.kind === 'saml' && opened.context.settings.allowIdpInitiated;
}

/** True when a reply names an attempt that began here. Everything else is unsolicited, whatever it says of itself. */
export async function isSolicited(
  deps: SignInDeps,
  connection: SignInConnection,
  reply: CallbackInput,
): Promise<boolean> {
  const { organizationId, id } = connection;
  const relay = relayOf(deps.openConnection(connection).kind, reply);
  return relay !== undefined && (await findAttempt(deps.db.manager, organizationId, id, hashOf(relay))) !== undefined;
}
