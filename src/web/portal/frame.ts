import type { Request } from 'express';
import { OWNERS_SLUG } from '../../domain/organization';
import { includesScope } from '../../management/scopes';
import type { PortalFrame } from './frame-model';
import { NAVIGATION, type Portal } from './navigation';
import type { Visitor } from './visitor';

/** The frame as this visitor sees it, the entry of the page they are on marked. */
export function frameOf(
  req: Request,
  portal: Portal,
  base: string,
  visitor: Omit<Visitor, 'user'>,
  csrf: PortalFrame['csrf'],
): PortalFrame {
  const path = req.originalUrl.split('?', 1)[0] ?? '';
  const isOwner = visitor.slug === OWNERS_SLUG;
  return {
    base,
    portal,
    sections: NAVIGATION[portal]
      .map(({ key, entries }) => ({
        key,
        entries: entries
          .filter(({ scope }) => includesScope(visitor.caller.scopes, scope))
          .map(({ path: own, icon, key: entry }) => ({
            ...{ key: entry, icon, url: base + own },
            current: own === '' ? path === base : path === base + own || path.startsWith(`${base}${own}/`),
          })),
      }))
      .filter(({ entries }) => entries.length > 0),
    person: {
      name: visitor.name,
      email: visitor.email,
      accountUrl: `/${visitor.slug}/account`,
      signOutUrl: `/${visitor.slug}/logout`,
    },
    ...(isOwner && portal === 'organization' && { allOrganizationsUrl: `/${OWNERS_SLUG}` }),
    csrf,
    notice: noticeIn(req.query.notice),
    themeLinks: (['light', 'dark', 'system'] as const).map((key) => ({ key, url: `${path}?theme=${key}` })),
  };
}

const noticeIn = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[a-z]+\.notice\.[a-z_]+$/i.test(value) ? value : undefined;
