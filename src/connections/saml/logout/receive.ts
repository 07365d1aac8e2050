import type { Check, ConnectionContext } from '../../connection';
import { checkAll } from '../checks';
import { LOGOUT_RULES } from '../checks/logout';
import { newLooks } from '../guard';
import type { SamlSettings } from '../settings';
import { verifierOf } from '../verifier';
import { readLogoutMessage, type LogoutInput, type LogoutKind, type LogoutMessage } from './message';
import { openPost } from './post-binding';
import { openRedirect } from './redirect-binding';

export type ReceivedLogout = { kind: LogoutKind; steps: readonly Check[] } & (
  { message: LogoutMessage; relayState?: string } | { refusal: { rule: string; detail: string } }
);

/**
 * Receives a LogoutRequest or LogoutResponse of the identity provider by HTTP-Redirect or HTTP-POST (SAML Profiles 4.4):
 * guard, signature, then every rule on the verified message (security 13). Never throws because of what came.
 */
export function receiveLogout(connection: ConnectionContext<SamlSettings>, input: LogoutInput): ReceivedLogout {
  const looks = newLooks();
  const verifier = verifierOf(connection);
  const opened =
    input.method === 'GET' ? openRedirect(looks, input.query, verifier.keys) : openPost(looks, input, verifier);
  if (!opened) return refused(announced(input), looks.checks);

  const { kind, root, relayState } = opened;
  const message = readLogoutMessage(root);
  const steps = [...looks.checks, ...checkAll(LOGOUT_RULES[kind], { message, connection, now: input.now })];
  if (!steps.every(({ ok }) => ok)) return refused(kind, steps);
  return { kind, steps, message, ...(relayState !== undefined && { relayState }) };
}

/** What a message says of itself before it is believed: only the wording of the refusal hangs on it. */
const announced = ({ query, body }: LogoutInput): LogoutKind =>
  body.SAMLResponse !== undefined || /(?:^|&)SAMLResponse=/.test(query) ? 'response' : 'request';

/** The first rule that failed is the reason; the others stand in the steps. */
function refused(kind: LogoutKind, steps: readonly Check[]): ReceivedLogout {
  const failed = steps.find(({ ok }) => !ok);
  if (!failed) throw new Error('A refusal without a failed rule.');
  const { rule, expected, received } = failed;
  return { kind, steps, refusal: { rule, detail: `expected ${expected}, received ${received}` } };
}
