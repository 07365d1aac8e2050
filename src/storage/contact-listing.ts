import type { ContactId, OrganizationId, SourceId } from '../domain/ids';
import { fitsWords, selectionOf, type Conditions, type Selection, type SortKey } from './listing';

/** Which contacts are meant; absent: all. */
export interface ListedContactFilter {
  /** Named one by one. */
  ids?: readonly ContactId[];
  q?: string;
  email?: string;
  externalId?: string;
  kind?: 'person' | 'organization';
  /** One of these speaks of the person. */
  sources?: readonly SourceId[];
  /** The attribute that is missing. */
  waitingFor?: string;
  /** The organization, itself a contact, that they belong to. */
  partOf?: ContactId;
}

/** What a contact has or has not; absent: either. */
export interface ContactTraits {
  /** A deleted account is none. */
  hasAccount?: boolean;
  hasEmail?: boolean;
}

const CONDITIONS: Conditions<ListedContactFilter> = {
  ids: (value) => `l.contact_id = ANY (${value}::uuid[])`,
  q: fitsWords,
  email: (value) => `l.email = ${value}`,
  kind: (value) => `l.kind = ${value}`,
  externalId: (value) =>
    `l.contact_id IN (SELECT c.id FROM contacts c WHERE c.organization_id = $1 AND c.external_id = ${value})`,
  sources: (value) =>
    `EXISTS (SELECT FROM statements s WHERE s.organization_id = $1 AND s.contact_id = l.contact_id
        AND s.source_id = ANY (${value}::uuid[]) AND s.presence <> 'gone')`,
  waitingFor: (value) =>
    `EXISTS (SELECT FROM contacts c WHERE c.organization_id = $1 AND c.id = l.contact_id AND c.attributes ->> ${value} IS NULL)`,
  partOf: (value) =>
    `l.contact_id IN (SELECT c.id FROM contacts c WHERE c.organization_id = $1 AND c.part_of = ${value}::uuid)`,
};

/** The contacts that are meant. */
export function selectContacts(
  organizationId: OrganizationId,
  filter: ListedContactFilter,
  { hasAccount, hasEmail }: ContactTraits,
): Selection {
  const traits = [is('l.account_id', hasAccount), is('l.email', hasEmail)].filter(Boolean).join(' AND ');
  return selectionOf(organizationId, traits || 'true', filter, CONDITIONS);
}

const is = (column: string, there: boolean | undefined): string =>
  there === undefined ? '' : `${column} IS ${there ? 'NOT NULL' : 'NULL'}`;

export const CONTACT_SORTS = ['name', 'createdAt'] as const;
export type ContactSort = (typeof CONTACT_SORTS)[number];

export const CONTACT_SORT_KEYS: Readonly<Record<ContactSort, SortKey | undefined>> = {
  name: { key: 'l.name', type: 'text' },
  createdAt: undefined,
};
