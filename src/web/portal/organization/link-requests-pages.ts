import type { AccountView } from '../../../storage/account-views';
import { LINK_REQUEST_STATES, type LinkRequest } from '../../../management/link-requests';
import { when } from '../../wording';
import type { PortalContext } from '../frame-model';
import { withQuery } from '../list-url';
import { moment } from '../moment';

export interface LinkRequestPages {
  'portal/link-requests': LinkRequestsModel;
  'portal/link-request': LinkRequestModel;
}

interface LinkRequestsModel {
  requests: readonly (LinkRequest & { account?: string; connection?: string; url: string })[];
  state?: string;
  listUrl: string;
  nextUrl?: string;
}

interface LinkRequestModel {
  request: LinkRequest;
  account?: AccountView;
  connection?: string;
  listUrl: string;
  accountUrl?: string;
  attemptUrl?: string;
  approveUrl?: string;
  rejectUrl?: string;
}

const TONES: Readonly<Record<string, string>> = { open: 'warn', approved: 'good', proved: 'good', rejected: 'bad' };

const badge = (state: string, { t }: PortalContext) => ({
  text: t(`portal.linkRequests.state.${state}`),
  tone: TONES[state],
});

/** The requests as a table, with a chip for each state. */
export function linkRequestsView(
  { requests, state, listUrl, nextUrl }: LinkRequestsModel,
  context: PortalContext,
): object {
  const { t, language, now } = context;
  const say = (part: string): string => t(`portal.linkRequests.${part}`);
  return {
    chips: {
      label: say('stateLabel'),
      chips: [undefined, ...LINK_REQUEST_STATES].map((one) => ({
        label: one ? say(`state.${one}`) : say('all'),
        url: withQuery(listUrl, { state: one }),
        current: one === state,
      })),
    },
    table: {
      label: t('portal.shell.nav.linkRequests'),
      columns: [
        { label: say('account') },
        { label: say('stateLabel') },
        { label: say('connection'), optional: true },
        { label: say('asked'), optional: true },
      ],
      rows: requests.map((request) => ({
        id: request.id,
        cells: [
          { text: request.account ?? say('hidden'), url: request.url },
          { badge: badge(request.state, context) },
          { text: request.connection ?? t('fallback.connection'), muted: true },
          { text: when(request.refusedAt ?? request.createdAt, now, language, t), muted: true },
        ],
      })),
      empty: { icon: 'link', title: say('none'), text: say('noneText') },
    },
    pager: nextUrl && { nextUrl },
  };
}

/** Both sides of a request: who asks, and the account that was found. */
export function linkRequestView(model: LinkRequestModel, context: PortalContext): object {
  const { request, account, connection, accountUrl, attemptUrl } = model;
  const { t, language } = context;
  const say = (part: string): string => t(`portal.linkRequests.${part}`);
  const link = (href: string | undefined) => href && { href, label: say('open'), spoken: say('open') };
  const date = (value: Date | null | undefined) => value && moment(value, language);
  return {
    ...model,
    title: say('one'),
    crumbs: [{ label: t('portal.shell.nav.linkRequests'), url: model.listUrl }],
    because: say(`because.${request.because ?? 'unknown'}`),
    asking: [
      { label: say('connection'), value: connection ?? t('fallback.connection') },
      { label: say('issuer'), value: request.issuer },
      { label: say('subject'), value: request.subject },
      { label: say('asked'), value: date(request.refusedAt ?? request.createdAt), link: link(attemptUrl) },
    ],
    found: account
      ? [
          { label: say('account'), value: account.displayName ?? account.email, link: link(accountUrl) },
          { label: say('email'), value: account.email },
          { label: say('username'), value: account.username },
          { label: say('created'), value: date(account.createdAt) },
          { label: say('lastSignIn'), value: date(account.lastSignInAt) ?? say('never') },
        ]
      : [{ label: say('account'), value: say('hidden') }],
    standing: [
      {
        label: say('stateLabel'),
        value: date(request.decidedAt) ?? say('undecided'),
        badge: badge(request.state, context),
      },
    ],
  };
}
