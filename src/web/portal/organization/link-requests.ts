import { accountNames } from '../../../management/account-names';
import { readAccount } from '../../../management/accounts';
import {
  approveLinkRequest,
  linkRequestFilter,
  listLinkRequests,
  readLinkRequest,
  rejectLinkRequest,
} from '../../../management/link-requests';
import { includesScope } from '../../../management/scopes';
import { isUuid } from '../../../management/uuid';
import { goOn, showPortal, type PortalCall } from '../call';
import { withQuery } from '../list-url';
import { action, page, type PortalRoute } from '../route';
import { connectionNames } from './connection-names';

const PATH = '/link-requests';
const PER_PAGE = 50;
const STEPS = { approve: approveLinkRequest, reject: rejectLinkRequest } as const;
type Step = keyof typeof STEPS;

export const linkRequestRoutes: readonly PortalRoute[] = [
  page(PATH, 'link-requests:read', list),
  page(`${PATH}/:id`, 'link-requests:read', read),
  ...(['approve', 'reject'] as const).flatMap((step) => [
    page(`${PATH}/:id/${step}`, 'link-requests:write', (call) => confirm(call, step)),
    action(`${PATH}/:id/${step}`, 'link-requests:write', (call) => decide(call, step)),
  ]),
];

const mayRead = ({ caller }: PortalCall): boolean => includesScope(caller.scopes, 'accounts:read');

async function list(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, query } = call;
  const state = linkRequestFilter.shape.state.safeParse(query.state).data;
  const cursor = isUuid(query.cursor ?? '') ? query.cursor : undefined;
  const { items, nextCursor } = await listLinkRequests(deps, caller, org, { limit: PER_PAGE, cursor, state });
  const ids = items.map(({ accountId }) => accountId);
  const names = mayRead(call) ? await accountNames(deps, caller, org, ids) : new Map<string, string>();
  const connections = await connectionNames(call);
  showPortal(call, 'portal/link-requests', {
    ...{ state, listUrl: base + PATH },
    requests: items.map((request) => ({
      ...request,
      account: names.get(request.accountId),
      connection: connections.get(request.connectionId),
      url: `${base}${PATH}/${request.id}`,
    })),
    ...(nextCursor && { nextUrl: withQuery(base + PATH, { state, cursor: nextCursor }) }),
  });
}

async function read(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, params } = call;
  const request = await readLinkRequest(deps, caller, org, params.id ?? '');
  const may = (scope: string): boolean => includesScope(caller.scopes, scope);
  const url = `${base}${PATH}/${request.id}`;
  const account = mayRead(call)
    ? await readAccount(deps, caller, org, request.accountId).catch(() => undefined)
    : undefined;
  showPortal(call, 'portal/link-request', {
    ...{ request, account, listUrl: base + PATH },
    connection: (await connectionNames(call)).get(request.connectionId),
    ...(account && { accountUrl: `${base}/users/${account.id}` }),
    ...(request.attemptId && may('sign-in-attempts:read') && { attemptUrl: `${base}/sign-ins/${request.attemptId}` }),
    ...(request.state === 'open' &&
      may('link-requests:write') && { approveUrl: `${url}/approve`, rejectUrl: `${url}/reject` }),
  });
}

async function confirm(call: PortalCall, step: Step): Promise<void> {
  const { deps, caller, org, base, params } = call;
  const { id } = await readLinkRequest(deps, caller, org, params.id ?? '');
  const { t } = call.web.languages.of(call.req, call.res);
  showPortal(call, 'portal/confirm', {
    title: t(`portal.linkRequests.${step}.title`),
    consequences: ['first', 'second'].map((one) => t(`portal.linkRequests.${step}.${one}`)),
    action: `${base}${PATH}/${id}/${step}`,
    button: t(`portal.linkRequests.${step}.button`),
    danger: step === 'reject',
    cancelUrl: `${base}${PATH}/${id}`,
  });
}

async function decide(call: PortalCall, step: Step): Promise<void> {
  const { deps, caller, org, params } = call;
  const id = params.id ?? '';
  await STEPS[step](deps, caller, org, id);
  goOn(call, `${PATH}/${id}`, `linkRequests.notice.${step}`);
}
