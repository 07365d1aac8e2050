import { REFUSAL_PAGES } from '../../refusals';
import { browserInWords, when } from '../../wording';
import type { PortalContext } from '../frame-model';
import type { SignInDetails, UserModel } from './user-model';

/** How the person signs in, where they are signed in, the links they were sent, and what would happen now. */
export function signInView(model: UserModel, details: SignInDetails, context: PortalContext): object {
  return {
    foreseen: foreseen(details, context),
    identities: identities(details, context),
    sessions: sessions(model, details, context),
    links: links(model, details, context),
    ...(model.mayChange && { endAllUrl: details.sessions.length ? `${model.url}/end-sessions` : undefined }),
  };
}

function foreseen({ foreseen: results }: SignInDetails, { t, organization }: PortalContext): readonly object[] {
  return results.map(({ connection, outcome, code }) => ({
    icon: outcome === 'refuse' ? 'ban' : 'check',
    title: connection.name,
    sub:
      outcome === 'refuse' && code
        ? t(`refused.${REFUSAL_PAGES[code].words}.title`, {
            ...{ organization: organization.name, connection: connection.name, person: t('portal.users.person') },
          })
        : t(`portal.user.foreseen.${outcome}`),
    badge: {
      text: t(`portal.user.foreseenBadge.${outcome === 'refuse' ? 'refused' : 'fine'}`),
      tone: outcome === 'refuse' ? 'bad' : 'good',
    },
  }));
}

const identities = ({ identities: known }: SignInDetails, { t, now, language }: PortalContext): readonly object[] =>
  known.map(({ connectionName, issuer, subject, lastUsedAt }) => ({
    icon: 'key',
    title: connectionName,
    sub: [
      `${issuer} · ${subject}`,
      lastUsedAt ? t('portal.user.lastUsed', { when: when(lastUsedAt, now, language, t) }) : t('portal.user.neverUsed'),
    ].join(' · '),
  }));

function sessions(
  { url, mayChange }: UserModel,
  { sessions: live }: SignInDetails,
  { t, now, language, portal }: PortalContext,
): readonly object[] {
  return live.map(({ id, userAgent, authenticatedAt, lastSeenAt, connectionId }) => {
    const { title, mobile } = browserInWords(userAgent ?? undefined, t);
    return {
      ...{ icon: mobile ? 'phone' : 'monitor', title },
      sub: [
        t('portal.user.signedIn', { when: when(authenticatedAt, now, language, t) }),
        t(connectionId ? 'portal.user.bySso' : 'portal.user.byPassword'),
        t('portal.user.lastSeen', { when: when(lastSeenAt, now, language, t) }),
      ].join(' · '),
      ...(mayChange && {
        action: {
          ...{ url: `${url}/sessions/${id}/end`, fields: portal.csrf },
          button: { label: t('portal.user.end'), spoken: `${t('portal.user.end')}: ${title}`, compact: true },
        },
      }),
    };
  });
}

const LINK_TONES = { used: 'good', failed: 'bad', expired: '', replaced: '', revoked: '' } as const;
const OPEN = ['queued', 'sent', 'opened', 'failed'];

function links(
  { url, mayChange }: UserModel,
  { links: sent }: SignInDetails,
  { t, now, language, portal }: PortalContext,
): readonly object[] {
  return sent.map(({ id, purpose, email, state, createdAt, openedAt, usedAt, expiresAt, failure }) => {
    const at = (part: string, date: Date | null): string =>
      date ? t(`portal.user.link.${part}`, { when: when(date, now, language, t) }) : '';
    const hours = Math.max(0, Math.ceil((expiresAt.getTime() - now.getTime()) / 3_600_000));
    return {
      icon: 'mail',
      title: t(`portal.user.purpose.${purpose}`),
      badge: {
        text: t(`portal.user.linkState.${state}`),
        tone: (LINK_TONES as Readonly<Record<string, string>>)[state] ?? 'warn',
      },
      sub: [
        email ?? '',
        ...[at('made', createdAt), at('opened', openedAt), at('used', usedAt)],
        OPEN.includes(state) ? t('portal.user.link.left', { hours: String(hours) }) : '',
        failure ? t('portal.user.link.failure', { answer: failure.response ?? String(failure.status) }) : '',
      ]
        .filter(Boolean)
        .join(' · '),
      ...(mayChange &&
        OPEN.includes(state) && {
          action: {
            ...{ url: `${url}/links/${id}/revoke`, fields: portal.csrf },
            button: { label: t('portal.user.revoke'), compact: true },
          },
        }),
    };
  });
}
