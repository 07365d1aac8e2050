import { normalizeEmail } from '../../../domain/email-address';
import {
  attemptFilter,
  listSignInAttempts,
  readSignInAttempt,
  type AttemptFilter,
} from '../../../management/sign-in-attempts';
import { includesScope } from '../../../management/scopes';
import { isUuid } from '../../../management/uuid';
import { showPortal, type PortalCall } from '../call';
import { withQuery } from '../list-url';
import { page, type PortalRoute } from '../route';
import { connectionNames } from './connection-names';

const PATH = '/sign-ins';
const PER_PAGE = 50;

export const signInRoutes: readonly PortalRoute[] = [
  page(PATH, 'sign-in-attempts:read', list),
  page(`${PATH}/:id`, 'sign-in-attempts:read', read),
];

async function list(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, query } = call;
  const { q = '', cursor } = query;
  const state = attemptFilter.shape.state.safeParse(query.state).data;
  const search = searchFor(q);
  const filter = { limit: PER_PAGE, state, ...search, ...(isUuid(cursor ?? '') && { cursor }) };
  const { items, nextCursor } = search
    ? await listSignInAttempts(deps, caller, org, filter)
    : { items: [], nextCursor: null };
  const connections = await connectionNames(call);
  showPortal(call, 'portal/sign-ins', {
    attempts: items.map((attempt) => ({
      ...attempt,
      connection: connections.get(attempt.connectionId ?? ''),
      url: `${base}${PATH}/${attempt.id}`,
    })),
    ...{ q, state, isUnreadable: !search, action: base + PATH },
    ...(nextCursor && { nextUrl: withQuery(base + PATH, { q, state, cursor: nextCursor }) }),
  });
}

async function read(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, params } = call;
  const attempt = await readSignInAttempt(deps, caller, org, params.id ?? '');
  const { accountId, connectionId } = attempt;
  const may = (scope: string): boolean => includesScope(caller.scopes, scope);
  showPortal(call, 'portal/sign-in-attempt', {
    attempt,
    connection: (await connectionNames(call)).get(connectionId ?? ''),
    listUrl: base + PATH,
    ...(connectionId && may('connections:read') && { connectionUrl: `${base}/connections/${connectionId}` }),
    ...(accountId && may('accounts:read') && { accountUrl: `${base}/users/${accountId}` }),
  });
}

/** What somebody types from a mail or from memory: a reference, whatever its case, or an e-mail address. */
function searchFor(typed: string): Pick<AttemptFilter, 'code' | 'email'> | undefined {
  if (!typed.trim()) return {};
  const [, first, second] = REFERENCE.exec(typed.trim()) ?? [];
  if (first && second) return { code: `${first}-${second}`.toUpperCase() };
  const email = normalizeEmail(typed);
  return email ? { email } : undefined;
}
const REFERENCE = /^([0-9a-z]{4})[- ]?([0-9a-z]{4})$/i;
