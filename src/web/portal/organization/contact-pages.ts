import type { FieldError } from '../../page-context';
import { problemsInWords, when } from '../../wording';
import type { PortalContext } from '../frame-model';
import { addressBeside, contactName } from './contact-words';
import { fieldInWords, sourceInWords } from './people-words';

export interface ContactPages {
  'portal/contact': ContactModel;
  'portal/contact-form': ContactFormModel;
}

/** What of a contact is filled in by hand, by its kind. */
export const CONTACT_FIELDS = {
  organization: ['displayName', 'email', 'externalId'],
  person: ['givenName', 'familyName', 'email', 'externalId', 'partOf'],
} as const;

interface ContactHead {
  id: string;
  kind: 'person' | 'organization';
  attributes: Readonly<Record<string, string | null | undefined>>;
  email: string | null;
  partOf: { id: string; name: string | null } | null;
  accountId: string | null;
}

interface ContactModel {
  contact: ContactHead & {
    createdAt: Date;
    sources: readonly { source: { kind: string; name: string }; presence: string; updatedAt: Date }[];
  };
  /** Of an organization. */
  people?: {
    items: readonly (ContactHead & { createdAt: Date })[];
    total: number | null;
    nextCursor: string | null;
    previousCursor: string | null;
  };
  url: string;
  catalogUrl: string;
  usersUrl: string;
  mayGive: boolean;
  mayChange: boolean;
}

/** What is known of one contact, and the people of an organization. */
export function contactView(model: ContactModel, context: PortalContext): object {
  const { t } = context;
  const { contact, url, catalogUrl, mayGive, mayChange } = model;
  const say = (part: string): string => t(`portal.catalog.${part}`);
  const { kind, accountId } = contact;
  return {
    title: contactName(contact, t),
    badges: [
      { text: say(`kindIs.${kind}`) },
      ...(accountId ? [{ text: say(kind === 'person' ? 'hasAccount' : 'systemAccount'), tone: 'good' }] : []),
    ],
    crumbs: [{ label: say('title'), url: catalogUrl }],
    actions: mayChange ? [{ label: t('portal.user.edit'), href: `${url}/edit`, icon: 'pencil' }] : [],
    facts: factsOf(model, context),
    ...(mayGive &&
      !accountId && {
        give: {
          ...{ action: `${catalogUrl}/bulk`, hidden: { ids: contact.id } },
          ...{ label: say('giveOne'), kind: 'primary', icon: 'user-plus' },
        },
      }),
    ...(mayChange && !accountId && { deleteUrl: `${url}/delete` }),
    ...(model.people && { people: peopleOf(model, model.people, context) }),
  };
}

const SHOWN = ['givenName', 'familyName', 'phone', 'extension', 'department', 'title', 'site', 'externalId'];

function factsOf({ contact, catalogUrl, usersUrl }: ContactModel, { t, now, language }: PortalContext): object[] {
  const say = (part: string): string => t(`portal.catalog.${part}`);
  const { attributes, email, partOf, accountId, sources, createdAt } = contact;
  const link = (href: string) => ({ href, label: say('open'), spoken: say('open') });
  const saying = sources.filter(({ presence }) => presence !== 'gone');
  return [
    { label: fieldInWords('email', t), value: email ?? say('noEmail') },
    ...SHOWN.map((field) => ({ label: fieldInWords(field, t), value: attributes[field] })),
    { label: say('partOf'), value: partOf?.name, link: partOf && link(`${catalogUrl}/${partOf.id}`) },
    {
      label: say('account'),
      value: say(accountId ? 'hasAccount' : 'none'),
      link: accountId && link(`${usersUrl}/${accountId}`),
    },
    {
      label: say('knownFrom'),
      value: saying.map(({ source }) => sourceNamed(source, t)).join(', '),
    },
    { label: say('since'), value: when(createdAt, now, language, t) },
  ];
}

/** By its name, and its kind where the name does not say it. */
function sourceNamed({ kind, name }: { kind: string; name: string }, t: PortalContext['t']): string {
  const words = sourceInWords(kind, t);
  return words === name ? name : `${name} (${words})`;
}

function peopleOf(
  { url, catalogUrl }: ContactModel,
  { items, total, nextCursor, previousCursor }: NonNullable<ContactModel['people']>,
  { t, language }: PortalContext,
): object {
  const page = (cursor: string | null) => (cursor ? `${url}?cursor=${encodeURIComponent(cursor)}` : undefined);
  const number = new Intl.NumberFormat(language).format(total ?? 0);
  const counted = (part: string): string => t(`portal.users.${part}`, { count: total ?? 0, number });
  return {
    table: {
      label: t('portal.catalog.people'),
      columns: [{ label: t('portal.users.person') }, { label: t('portal.catalog.account') }],
      rows: items.map((person) => ({
        id: person.id,
        cells: [
          { text: contactName(person, t), url: `${catalogUrl}/${person.id}`, sub: addressBeside(person, t) },
          { text: t(`portal.catalog.${person.accountId ? 'hasAccount' : 'none'}`), muted: true },
        ],
      })),
      empty: { icon: 'users', title: t('portal.catalog.noPeople'), text: t('portal.catalog.noPeopleText') },
    },
    pager: {
      ...(items.length && { text: counted('matching') }),
      ...{ previousUrl: page(previousCursor), nextUrl: page(nextCursor) },
    },
  };
}

export interface ContactFormModel {
  kind: 'person' | 'organization';
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
  /** Of one that exists. */
  contact?: ContactHead;
  url?: string;
  /** Those that a person may belong to. */
  organizations: readonly ContactHead[];
  catalogUrl: string;
}

/** The form of one, with its problems in words. */
export function contactFormView(model: ContactFormModel, { t }: PortalContext): object {
  const { kind, values, errors, contact, url, organizations, catalogUrl } = model;
  const say = (part: string): string => t(`portal.catalog.${part}`);
  const own: Readonly<Record<string, string>> = { displayName: say('name'), partOf: say('partOf') };
  const labels = Object.fromEntries(CONTACT_FIELDS[kind].map((field) => [field, own[field] ?? fieldInWords(field, t)]));
  // The API calls an organization's name by that word.
  const problems = problemsInWords(
    errors.map(({ field, code }) => ({ field: field === 'name' ? 'displayName' : field, code })),
    labels,
    t,
  );
  const base = (name: string) => ({
    ...{ name, label: labels[name], value: values[name] ?? '', error: problems.beside[name] },
  });
  const options = [
    { value: '', label: t('portal.users.none') },
    ...organizations.map((one) => ({ value: one.id, label: contactName(one, t) })),
  ];
  return {
    ...problems,
    title: contact ? contactName(contact, t) : say('newOrganization'),
    crumbs: [{ label: say('title'), url: catalogUrl }],
    action: url ? `${url}/edit` : `${catalogUrl}/new`,
    cancelUrl: url ?? catalogUrl,
    button: contact ? t('portal.shell.save') : say('create'),
    controls: CONTACT_FIELDS[kind].map((name) => {
      if (name === 'partOf') return { part: 'select', props: { ...base(name), options } };
      const isNeeded = name === 'displayName';
      const help = name === 'email' && kind === 'organization' ? say('emailHelp') : undefined;
      return {
        part: 'field',
        props: { ...base(name), help, required: isNeeded, type: name === 'email' ? 'email' : 'text' },
      };
    }),
  };
}
