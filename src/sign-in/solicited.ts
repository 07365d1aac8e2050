import type { CallbackInput } from '../connections/connection';
import type { AnyOpenConnection } from '../connections/registry';
import { findAttempt } from '../storage/attempts';
import type { SignInConnection } from '../storage/connections';
import { hashOf, relayOf } from './attempt';
import type { SignInDeps } from './deps';

/**
 * True where a connection takes responses that nobody asked for (security 11). Where each sign-in has to be a new one,
 * somebody has to ask: such a response is answered by a request of our own.
 */
export function allowsUnsolicited({ kind, context }: AnyOpenConnection): boolean {
  return kind === 'saml' && context.settings.allowIdpInitiated && !context.settings.forceAuthn;
}

export const takesUnsolicited = (deps: SignInDeps, connection: SignInConnection): boolean =>
  allowsUnsolicited(deps.openConnection(connection));

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
