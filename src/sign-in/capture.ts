import type { Completion } from '../connections/connection';
import type { AttemptId } from '../domain/ids';
import { keepCapture } from '../storage/captures';
import type { CompleteRequest } from './request';
import type { SignInDeps } from './deps';

/** Of the XML, and of the claims. */
const MOST_BYTES = 700_000;

/** Parameters of a callback that are, or may be, credentials (RFC 6749, Core 3.3, JARM). */
const CREDENTIALS = new Set(['code', 'state', 'id_token', 'access_token', 'refresh_token', 'token', 'response']);
/** Claims about secrets of the attempt. */
const SECRET_CLAIMS = new Set(['nonce', 'at_hash', 'c_hash', 's_hash']);

/**
 * Keeps what a provider sent, while an admin of the organization asked for that: SAML's XML as received, or what OpenID
 * Connect said, never codes and tokens. Otherwise it does nothing, and asks nobody.
 */
export async function captureReply(
  deps: SignInDeps,
  { connection, reply }: CompleteRequest,
  completion: Completion,
  attemptId: AttemptId | undefined,
): Promise<void> {
  const { organizationId, id: connectionId, captureUntil, kind } = connection;
  const now = deps.now();
  if (!captureUntil || captureUntil <= now || !attemptId) return;
  const captured =
    kind === 'saml' ? { kind, xml: xmlOf(reply.body.SAMLResponse) } : { kind, ...said(reply.query, completion) };
  await keepCapture(deps.db.manager, deps.box, { organizationId, connectionId, attemptId }, captured, now);
}

/** As it was received, up to the size that is looked at; null: nothing that could be XML. */
function xmlOf(parameter: unknown): string | null {
  if (typeof parameter !== 'string') return null;
  return Buffer.from(parameter.slice(0, 2 * MOST_BYTES), 'base64')
    .subarray(0, MOST_BYTES)
    .toString('utf8');
}

function said(query: Readonly<Record<string, unknown>>, { claims }: Completion) {
  const fits = claims && Buffer.byteLength(JSON.stringify(claims)) <= MOST_BYTES;
  return {
    parameters: without(CREDENTIALS, query),
    idToken: fits ? without(SECRET_CLAIMS, claims.idToken) : null,
    userinfo: (fits && claims.userinfo) || null,
  };
}

const without = (names: ReadonlySet<string>, values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
