import type { FieldError } from '../../page-context';
import { listOf, problemsInWords, when } from '../../wording';
import type { PortalContext } from '../frame-model';
import { fieldInWords } from './people-words';

export interface NewUsersPages {
  'portal/new-users': NewUsersModel;
}

export const NEEDED = ['givenName', 'familyName', 'email'] as const;
export type Needed = (typeof NEEDED)[number];

interface Waiting {
  id: string;
  values: Readonly<Record<Needed, string>>;
  createdAt: Date;
}

interface NewUsersModel {
  people: readonly Waiting[];
  /** All who wait, also on other pages. */
  total: number;
  q?: string;
  /** What was wrong with the last form, and whose it was. */
  refused?: { id: string; errors: readonly FieldError[] };
  nextCursor: string | null;
  previousCursor: string | null;
  mayChange: boolean;
  url: string;
  usersUrl: string;
}

/** Who is known and waits for something before they can have an account; what is missing is filled in here. */
export function newUsersView(model: NewUsersModel, context: PortalContext): object {
  const { t, language } = context;
  const { people, total, q, url, refused, mayChange, usersUrl, nextCursor, previousCursor } = model;
  const number = new Intl.NumberFormat(language).format(total);
  const say = (part: string): string => t(`portal.newUsers.${part}`, { count: total, number });
  const page = (cursor: string | null) =>
    cursor ? `${url}?${new URLSearchParams({ cursor, ...(q && { q }) }).toString()}` : undefined;
  return {
    ...{ title: say('title'), text: total ? say('count') : undefined, mayChange },
    search: { action: url, value: q, label: t('portal.users.search'), placeholder: say('searchHint') },
    people: people.map((person) => personOf(person, refused?.id === person.id ? refused.errors : [], url, context)),
    empty: {
      ...{ icon: 'user-plus', title: q ? t('portal.users.noMatch') : say('empty'), text: say('emptyText') },
      actions: [{ label: t('portal.users.bulk.toUsers'), href: usersUrl }],
    },
    pager: { previousUrl: page(previousCursor), nextUrl: page(nextCursor) },
  };
}

function personOf(
  { id, values, createdAt }: Waiting,
  errors: readonly FieldError[],
  url: string,
  { t, now, language }: PortalContext,
): object {
  const labels = Object.fromEntries(NEEDED.map((field) => [field, fieldInWords(field, t)]));
  const { beside } = problemsInWords(errors, labels, t);
  const missing = NEEDED.filter((field) => !values[field]).map((field) => labels[field] ?? field);
  const name = [values.givenName, values.familyName].filter(Boolean).join(' ') || values.email;
  return {
    id,
    name: name || t('portal.newUsers.nameless'),
    since: t('portal.newUsers.since', { when: when(createdAt, now, language, t) }),
    badge: missing.length
      ? { text: t('portal.newUsers.missing', { fields: listOf(missing, language) }), tone: 'warn' }
      : { text: t('portal.newUsers.ready'), tone: 'good' },
    problem: errors.find(({ field }) => !(field in labels)) && t('portal.newUsers.refused'),
    fields: NEEDED.map((field) => ({
      // One page holds many of these forms: the ids differ, the names do not.
      ...{ name: field, id: `${field}-${id}`, label: labels[field], value: values[field], error: beside[field] },
      ...{ type: field === 'email' ? 'email' : 'text' },
    })),
    action: `${url}/${id}`,
  };
}
