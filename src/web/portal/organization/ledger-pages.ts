import { ACTOR_KINDS } from '../../../domain/ledger-entry';
import type { Actors } from '../../../management/actors';
import type { LedgerLine } from '../../../management/audit-events';
import type { PortalContext } from '../frame-model';
import { withQuery } from '../list-url';
import { moment } from '../moment';
import type { LedgerSearch } from './ledger-filter';
import { actionInWords, actorInWords, AREAS } from './ledger-words';

export interface LedgerPages {
  'portal/ledger': LedgerModel;
}

interface LedgerModel {
  search: LedgerSearch;
  lines: readonly LedgerLine[];
  /** Of accounts, by id. */
  names: ReadonlyMap<string, string>;
  /** Absent for who may not see accounts. */
  actors?: Actors;
  connections: ReadonlyMap<string, string>;
  sources: readonly { id: string; name: string }[];
  mayReadAccounts: boolean;
  accountsUrl: string;
  action: string;
  /** Takes a POST of the search. */
  exportUrl: string;
  nextUrl?: string;
}

/** The ledger as a table: when, who, what, about whom; what changed is unfolded. */
export function ledgerView(model: LedgerModel, context: PortalContext): object {
  const { t } = context;
  const { search, lines, action, nextUrl } = model;
  const say = (part: string): string => t(`portal.ledger.${part}`);
  return {
    ...{ search, action, exportUrl: model.exportUrl },
    options: optionsOf(model, context),
    isFiltered: Object.values(search).some(Boolean),
    table: {
      label: t('portal.shell.nav.ledger'),
      columns: [
        { label: say('when') },
        { label: say('what') },
        { label: say('who') },
        { label: say('whom'), optional: true },
      ],
      rows: lines.map((line) => rowOf(line, model, context)),
      empty: { icon: 'scroll', title: say('none'), text: say('noneText') },
    },
    pager: nextUrl && { nextUrl },
  };
}

function rowOf(line: LedgerLine, model: LedgerModel, context: PortalContext): object {
  const { t, language } = context;
  const { names, actors, connections, accountsUrl, mayReadAccounts, action } = model;
  const { accountId, connectionId, actor } = line;
  const about = names.get(accountId ?? '') ?? (accountId ? t('portal.ledger.gone') : undefined);
  return {
    id: line.id,
    cells: [
      { text: moment(line.at, language), muted: true },
      { text: actionInWords(line.action, t), sub: line.action, more: moreOf(line, context) },
      {
        text: actorInWords(line, { names, actors }, t),
        ...(actor.kind === 'account' && { url: withQuery(action, { actor: actor.id }) }),
      },
      {
        text: about ?? connections.get(connectionId ?? '') ?? '',
        ...(accountId && mayReadAccounts && names.has(accountId) && { url: `${accountsUrl}/${accountId}` }),
      },
    ],
  };
}

/** What stands in the line besides: values before and after, and technical facts. */
function moreOf({ changes, fields, details, outcome, resource, requestId }: LedgerLine, { t }: PortalContext) {
  const known = new Set(changes.map(({ field }) => field));
  const others = fields.filter((field) => !known.has(field));
  const [before, after] = [details.before, details.after];
  const isStep = before !== undefined || after !== undefined;
  const facts = [
    ...(others.length ? [{ label: t('portal.ledger.fields'), value: others.join(', ') }] : []),
    ...(outcome ? [{ label: t('portal.ledger.outcome'), value: outcome }] : []),
    ...Object.entries(details)
      .filter(([name]) => !(isStep && (name === 'before' || name === 'after')))
      .map(([label, value]) => ({ label, value: inText(value) })),
    ...(resource ? [{ label: t('portal.ledger.resource'), value: resource }] : []),
    ...(requestId ? [{ label: t('portal.ledger.request'), value: requestId }] : []),
  ];
  const diffs = changes.map(({ field, ...values }) => ({ label: field, ...values }));
  const step = isStep ? [{ label: t('portal.ledger.state'), before: inText(before), after: inText(after) }] : [];
  if (!facts.length && !diffs.length && !step.length) return undefined;
  return { label: t('portal.ledger.more'), changes: [...diffs, ...step], facts };
}

const inText = (value: unknown): string =>
  Array.isArray(value) ? value.join(', ') : value === null || value === undefined ? '' : String(value);

function optionsOf({ sources }: LedgerModel, { t }: PortalContext) {
  const any = { value: '', label: t('portal.ledger.any') };
  return {
    areas: [any, ...AREAS.map((value) => ({ value, label: t(`portal.ledger.area.${value}`) }))],
    actors: [any, ...ACTOR_KINDS.map((value) => ({ value, label: t(`portal.ledger.actor.${value}`) }))],
    sources: [any, ...sources.map(({ id, name }) => ({ value: id, label: name }))],
  };
}
