import type { ConnectionState } from '../../../connections/connection';
import { changeConnection, listConnections, readConnection } from '../../../management/connections';
import { includesScope } from '../../../management/scopes';
import { listSources } from '../../../management/sources';
import { isPullKind } from '../../../sources/registry';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { MOST_CONNECTIONS } from './connection-names';

const PATH = '/connections';
const SWITCHES = { disable: 'disabled', test: 'testing' } as const satisfies Record<string, ConnectionState>;
type Switch = keyof typeof SWITCHES;

export const connectionRoutes: readonly PortalRoute[] = [
  page(PATH, 'connections:read', list),
  page(`${PATH}/:id`, 'connections:read', read),
  ...(Object.keys(SWITCHES) as Switch[]).flatMap((step) => [
    page(`${PATH}/:id/${step}`, 'connections:write', (call) => confirm(call, step)),
    action(`${PATH}/:id/${step}`, 'connections:write', (call) => change(call, step)),
  ]),
  page('/sources', 'sources:read', sources),
];

async function list(call: PortalCall): Promise<void> {
  const { deps, caller, org, base } = call;
  const { items } = await listConnections(deps, caller, org, { limit: MOST_CONNECTIONS });
  const connections = items.map((connection) => ({ ...connection, url: `${base}${PATH}/${connection.id}` }));
  showPortal(call, 'portal/connections', { connections });
}

async function read(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, params } = call;
  const connection = await readConnection(deps, caller, org, params.id ?? '');
  const url = `${base}${PATH}/${connection.id}`;
  const isOff = connection.state === 'disabled';
  showPortal(call, 'portal/connection', {
    ...{ connection, listUrl: base + PATH },
    ...(includesScope(caller.scopes, 'connections:write') && { switchUrl: `${url}/${isOff ? 'test' : 'disable'}` }),
  });
}

async function confirm(call: PortalCall, step: Switch): Promise<void> {
  const { deps, caller, org, base, params } = call;
  const { id, name } = await readConnection(deps, caller, org, params.id ?? '');
  const { t } = call.web.languages.of(call.req, call.res);
  const say = (part: string): string => t(`portal.connections.${step}.${part}`, { name });
  showPortal(call, 'portal/confirm', {
    ...{ title: say('title'), consequences: [say('first'), say('second')] },
    action: `${base}${PATH}/${id}/${step}`,
    button: say('button'),
    danger: step === 'disable',
    cancelUrl: `${base}${PATH}/${id}`,
  });
}

async function change(call: PortalCall, step: Switch): Promise<void> {
  const { deps, caller, org, params } = call;
  const id = params.id ?? '';
  await changeConnection(deps, caller, org, id, { state: SWITCHES[step] });
  goOn(call, `${PATH}/${id}`, `connections.notice.${step}`);
}

async function sources(call: PortalCall): Promise<void> {
  const { deps, caller, org, base } = call;
  const { items } = await listSources(deps, caller, org, { limit: MOST_CONNECTIONS });
  showPortal(call, 'portal/sources', {
    sources: items.map((source) => ({
      ...source,
      ...(source.connectionId && { url: `${base}${PATH}/${source.connectionId}` }),
      ...(isPullKind(source.kind) && { brakeUrl: `${base}/sources/${source.id}` }),
    })),
  });
}
