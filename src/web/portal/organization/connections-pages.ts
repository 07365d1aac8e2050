import { providerEnds } from '../../../management/certificates';
import type { ConnectionView } from '../../../management/connection-view';
import type { SourceView } from '../../../management/sources';
import type { PortalContext } from '../frame-model';
import { day } from '../moment';
import { limitInWords, type SourceModel } from './source-brake-view';

export interface ConnectionsPages {
  'portal/connections': { connections: readonly (ConnectionView & { url: string })[] };
  'portal/connection': ConnectionModel;
  'portal/sources': { sources: readonly (SourceView & { url?: string; brakeUrl?: string })[] };
  'portal/source': SourceModel;
}

interface ConnectionModel {
  connection: ConnectionView;
  listUrl: string;
  /** Where it is switched off, or back on. */
  switchUrl?: string;
}

const TONES: Readonly<Record<string, string>> = {
  testing: 'info',
  pilot: 'info',
  active: 'good',
  required: 'good',
  disabled: 'bad',
};

const stateBadge = (state: string, { t }: PortalContext) => ({
  text: t(`portal.connections.state.${state}.name`),
  tone: TONES[state],
});

/** The last of its certificates to end: a second one is there to take over. */
function certificateEnd({ settings }: ConnectionView, { language }: PortalContext): string {
  const ends = providerEnds(settings).map((end) => end.getTime());
  return ends.length ? day(new Date(Math.max(...ends)), language) : '';
}

/** The connections as a table. */
export function connectionsView(
  { connections }: ConnectionsPages['portal/connections'],
  context: PortalContext,
): object {
  const { t } = context;
  const say = (part: string): string => t(`portal.connections.${part}`);
  return {
    table: {
      label: t('portal.shell.nav.connections'),
      columns: [
        { label: say('name') },
        { label: say('stateLabel') },
        { label: say('kind'), optional: true },
        { label: say('certificate'), optional: true },
      ],
      rows: connections.map((connection) => ({
        id: connection.id,
        cells: [
          { text: connection.name, url: connection.url },
          { badge: stateBadge(connection.state, context) },
          { text: say(`kinds.${connection.kind}`), muted: true },
          { text: certificateEnd(connection, context), muted: true },
        ],
      })),
      empty: { icon: 'plug', title: say('none'), text: say('noneText') },
    },
  };
}

/** One connection: its state, and what is entered at the identity provider. */
export function connectionView({ connection, listUrl, switchUrl }: ConnectionModel, context: PortalContext): object {
  const { t } = context;
  const { name, kind, state, sp, redirectUri, backchannelLogoutUri, signInUrl, warnings } = connection;
  const say = (part: string): string => t(`portal.connections.${part}`);
  const values = {
    ...{ signInUrl, entityId: sp?.entityId, acsUrl: sp?.acsUrl, metadataUrl: sp?.metadataUrl, sloUrl: sp?.sloUrl },
    ...{ redirectUri, backchannelLogoutUri },
  };
  const step = state === 'disabled' ? 'test' : 'disable';
  return {
    title: name,
    crumbs: [{ label: t('portal.shell.nav.connections'), url: listUrl }],
    actions: switchUrl ? [{ label: say(`${step}.button`), href: switchUrl, danger: step === 'disable' }] : [],
    warnings: warnings.map(({ message }) => message),
    facts: [
      { label: say('kind'), value: say(`kinds.${kind}`) },
      { label: say('stateLabel'), value: say(`state.${state}.text`), badge: stateBadge(state, context) },
      { label: say('provider'), value: providerOf(connection.settings) },
      { label: say('certificate'), value: certificateEnd(connection, context) },
      { label: say('trust'), value: say(`trusts.${connection.trustEmail}`) },
    ],
    copies: Object.entries(values).flatMap(([id, value]) => (value ? [{ id, value, label: say(`value.${id}`) }] : [])),
  };
}

/** What the identity provider calls itself. */
function providerOf(settings: object): string {
  const { entityId, issuer } = settings as { entityId?: string; issuer?: string };
  return entityId ?? issuer ?? '';
}

/** Where people and accounts come from. */
export function sourcesView({ sources }: ConnectionsPages['portal/sources'], context: PortalContext): object {
  const { t, language } = context;
  const say = (part: string): string => t(`portal.connections.${part}`);
  return {
    table: {
      label: t('portal.shell.nav.sources'),
      columns: [
        { label: say('name') },
        { label: say('kind') },
        { label: say('brake.column') },
        { label: say('since'), optional: true },
      ],
      rows: sources.map(({ id, name, kind, createdAt, url, brake, brakeUrl }) => ({
        id,
        cells: [
          { text: name, url },
          { text: t(`portal.connections.source.${kind}`) },
          brakeUrl ? { text: limitInWords(brake.leave, context), url: brakeUrl } : { text: '' },
          { text: day(createdAt, language), muted: true },
        ],
      })),
      empty: { icon: 'source', title: say('noSource'), text: say('sourcesText') },
    },
  };
}
