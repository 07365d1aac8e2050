import { decodeJwt } from 'jose';
import { domainOf, normalizeEmail } from '../domain/email-address';
import { organizationOfSid } from '../storage/application-sessions';
import { findClient } from '../storage/applications';
import { organizationOfDomain } from '../storage/domains';
import type { BridgeDeps } from './deps';
import type { Provider } from './load-library';
import { choiceOf } from './remembered-choice';

const PUSHED = 'urn:ietf:params:oauth:request_uri:';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A request of the browser, as far as it can say which organization it is about. */
export interface Asking {
  query: Readonly<Record<string, unknown>>;
  cookies: Readonly<Record<string, string | undefined>>;
}

/**
 * The organization that a browser's request for sign-in or sign-out is about, as a slug: named, hinted at, the only one
 * the application is for, or the one where this browser used the application last. Never one where merely a session is.
 */
export async function organizationAsked(
  deps: BridgeDeps,
  provider: Provider,
  { query, cookies }: Asking,
): Promise<string | undefined> {
  const params = await pushedParams(provider, query);
  const { organization, client_id: clientId, login_hint: hint, id_token_hint: token } = params;
  if (typeof organization === 'string') return organization;
  const { manager } = deps.db;
  const client = typeof clientId === 'string' ? await findClient(manager, clientId, deps.now()) : undefined;
  if (client && !client.allOrganizations && client.organizations.length === 1) return client.organizations[0];
  if (asksToChoose(params.prompt)) return undefined;
  return (
    (await bySid(deps, token)) ??
    (await byLoginHint(deps, hint)) ??
    (client && choiceOf(client.id, cookies, deps.secure))
  );
}

/** What was pushed before (RFC 9126) counts instead of what the browser says. */
async function pushedParams(
  { PushedAuthorizationRequest }: Provider,
  query: Asking['query'],
): Promise<Readonly<Record<string, unknown>>> {
  const uri = query.request_uri;
  if (typeof uri !== 'string' || !uri.startsWith(PUSHED)) return query;
  const pushed = await PushedAuthorizationRequest.find(uri.slice(PUSHED.length));
  return pushed ? decodeJwt(pushed.request) : query;
}

const asksToChoose = (prompt: unknown): boolean =>
  typeof prompt === 'string' && prompt.split(' ').includes('select_account');

async function byLoginHint({ db }: BridgeDeps, hint: unknown): Promise<string | undefined> {
  const email = typeof hint === 'string' ? normalizeEmail(hint) : undefined;
  const domain = email && domainOf(email);
  return domain ? (await organizationOfDomain(db.manager, domain))?.slug : undefined;
}

/** Read, not trusted: it only says whose session to look for, and the provider verifies it after that. */
async function bySid({ db }: BridgeDeps, token: unknown): Promise<string | undefined> {
  if (typeof token !== 'string') return undefined;
  try {
    const { sid } = decodeJwt(token);
    return typeof sid === 'string' && UUID.test(sid) ? await organizationOfSid(db.manager, sid) : undefined;
  } catch {
    return undefined;
  }
}
