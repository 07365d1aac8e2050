import type { Home } from '../../../management/home';
import type { PortalContext } from '../frame-model';
import { day } from '../moment';
import { signInsChart } from './home-chart';

export interface HomePages {
  'portal/home': HomeModel;
}

interface HomeModel {
  home: Home;
  /** Of the portal. */
  base: string;
}

const DAY = 24 * 3600 * 1000;
/** Time enough to renew a certificate without a hurry. */
const SOON_DAYS = 60;
const MOST_CERTIFICATES = 8;

/** Tiles, what there is to do, and pictures of the last days. */
export function homeView({ home, base }: HomeModel, context: PortalContext): object {
  const { signIns, accounts, certificates } = home;
  return {
    tiles: tilesOf(home, base, context),
    todos: todosOf(home, base, context),
    ...(signIns && { chart: signInsChart(signIns, context) }),
    ...(accounts?.length && { accounts: accounts.map(({ name, accounts: value }) => ({ name, value })) }),
    ...(accounts && { most: Math.max(1, ...accounts.map(({ accounts: count }) => count)) }),
    ...(certificates?.length && { certificates: { items: certificateLine(certificates, context) } }),
  };
}

function tilesOf({ signIns, accounts, arrived, linkRequests }: Home, base: string, { t, language }: PortalContext) {
  const number = new Intl.NumberFormat(language);
  const sum = (counts: readonly number[]): string => number.format(counts.reduce((all, one) => all + one, 0));
  const tile = (key: string, value: string, path: string) => ({
    ...{ value, url: base + path, label: t(`portal.home.tile.${key}`) },
  });
  return [
    ...(accounts ? [tile('accounts', sum(accounts.map((one) => one.accounts)), '/users')] : []),
    ...(arrived === undefined ? [] : [tile('arrived', number.format(arrived), '/users?sort=createdAt&order=desc')]),
    ...(signIns
      ? [
          tile('succeeded', sum(signIns.map((one) => one.succeeded)), '/sign-ins?state=succeeded'),
          tile('refused', sum(signIns.map((one) => one.refused)), '/sign-ins?state=refused'),
        ]
      : []),
    ...(linkRequests === undefined ? [] : [tile('linkRequests', number.format(linkRequests), '/link-requests')]),
  ];
}

/** What waits for somebody, the most pressing first. */
function todosOf(
  { hasAdmin, linkRequests, waitingContacts, failedMails, certificates }: Home,
  base: string,
  context: PortalContext,
) {
  const { t, now } = context;
  const ending = (certificates ?? []).filter(({ notAfter }) => daysTo(notAfter, now) <= SOON_DAYS);
  const todo = (key: string, icon: string, path: string, count = 0) => ({
    ...{ icon, title: t(`portal.home.todo.${key}`, { count }), sub: t(`portal.home.todo.${key}Text`) },
    link: {
      label: t('portal.home.look'),
      spoken: t('portal.home.lookAt', { what: t(`portal.home.todo.${key}`, { count }) }),
      href: base + path,
      compact: true,
    },
  });
  return [
    ...(hasAdmin === false ? [todo('noAdmin', 'shield-user', '/admins')] : []),
    ...(ending.length ? [todo('certificates', 'key', '/connections', ending.length)] : []),
    ...(linkRequests ? [todo('linkRequests', 'link', '/link-requests', linkRequests)] : []),
    ...(waitingContacts ? [todo('contacts', 'user-plus', '/new-users', waitingContacts)] : []),
    ...(failedMails ? [todo('mails', 'mail', '/users', failedMails)] : []),
  ];
}

const daysTo = (end: Date, now: Date): number => Math.floor((end.getTime() - now.getTime()) / DAY);

function certificateLine(certificates: NonNullable<Home['certificates']>, { t, language, now }: PortalContext) {
  return certificates.slice(0, MOST_CERTIFICATES).map(({ connection, of, notAfter }) => {
    const days = daysTo(notAfter, now);
    return {
      icon: 'key',
      tone: days < 0 ? 'bad' : days <= SOON_DAYS ? 'warn' : 'good',
      title: connection.name,
      when: day(notAfter, language),
      at: notAfter.toISOString(),
      text: `${t(`portal.home.certificate.${of}`)} · ${days < 0 ? t('portal.home.ended') : t('portal.home.daysLeft', { days })}`,
    };
  });
}
