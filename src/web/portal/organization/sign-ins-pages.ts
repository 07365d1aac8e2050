import type { AttemptLine } from '../../../management/sign-in-attempts';
import type { PortalContext } from '../frame-model';
import { moment } from '../moment';
import { storyOf } from './attempt-story';

export interface SignInsPages {
  'portal/sign-ins': SignInsModel;
  'portal/sign-in-attempt': AttemptModel;
}

interface SignInsModel {
  attempts: readonly (AttemptLine & { connection?: string; url: string })[];
  /** As it was typed. */
  q: string;
  state?: string;
  /** Neither a reference nor an address. */
  isUnreadable: boolean;
  action: string;
  nextUrl?: string;
}

interface AttemptModel {
  attempt: AttemptLine;
  connection?: string;
  listUrl: string;
  connectionUrl?: string;
  accountUrl?: string;
}

const STATES = ['succeeded', 'refused', 'started', 'expired'] as const;
const TONES: Readonly<Record<string, string>> = { succeeded: 'good', refused: 'bad', expired: 'warn' };

/** The attempts as a table: when, who, by what, how it ended, and what the person was shown. */
export function signInsView(model: SignInsModel, { t, language }: PortalContext): object {
  const { attempts, q, state, action, isUnreadable, nextUrl } = model;
  const say = (part: string): string => t(`portal.signIns.${part}`);
  const isFiltered = q !== '' || state !== undefined;
  return {
    search: {
      ...{ action, value: q, label: say('search'), placeholder: say('search') },
      filters: [
        {
          ...{ name: 'state', label: say('outcome'), value: state },
          options: [
            { value: '', label: say('anyOutcome') },
            ...STATES.map((value) => ({ value, label: say(`state.${value}`) })),
          ],
        },
      ],
    },
    unreadable: isUnreadable,
    table: {
      label: t('portal.shell.nav.signIns'),
      columns: [
        { label: say('when') },
        { label: say('outcome') },
        { label: say('person') },
        { label: say('connection'), optional: true },
        { label: say('reference'), optional: true },
      ],
      rows: attempts.map((attempt) => ({
        id: attempt.id,
        cells: [
          { text: moment(attempt.startedAt, language), url: attempt.url },
          { badge: { text: say(`state.${attempt.state}`), tone: TONES[attempt.state] }, sub: attempt.refusalCode },
          { text: attempt.email ?? say('unknownPerson'), muted: attempt.email === null },
          { text: wayOf(attempt, t), muted: true },
          { text: attempt.code },
        ],
      })),
      empty: {
        icon: 'activity',
        title: isFiltered ? say('noneFound') : say('none'),
        text: isFiltered ? say('noneFoundText') : say('noneText'),
        actions: isFiltered ? [{ label: say('showAll'), href: action }] : [],
      },
    },
    pager: nextUrl && { nextUrl },
  };
}

/** One attempt: what is known of it, and what happened in its order. */
export function attemptView(model: AttemptModel, context: PortalContext): object {
  const { attempt, listUrl, connectionUrl, accountUrl } = model;
  const { t } = context;
  const say = (part: string): string => t(`portal.signIns.${part}`);
  const link = (href: string | undefined) => href && { href, label: say('open'), spoken: say('open') };
  return {
    title: t('portal.signIns.title', { code: attempt.code }),
    crumbs: [{ label: t('portal.shell.nav.signIns'), url: listUrl }],
    facts: [
      {
        label: say('outcome'),
        value: attempt.refusalCode ?? say(`stateLong.${attempt.state}`),
        badge: { text: say(`state.${attempt.state}`), tone: TONES[attempt.state] },
      },
      { label: say('person'), value: attempt.email ?? say('unknownPerson'), link: link(accountUrl) },
      {
        label: say('connection'),
        value: wayOf({ ...attempt, connection: model.connection }, t),
        link: link(connectionUrl),
      },
      { label: say('reference'), value: attempt.code },
      { label: say('request'), value: attempt.requestId },
    ],
    story: { items: storyOf(attempt, model.connection, context) },
  };
}

const wayOf = (
  { connectionId, connection }: { connectionId: string | null; connection?: string },
  t: PortalContext['t'],
): string => (connectionId ? (connection ?? t('fallback.connection')) : t('portal.signIns.byPassword'));
