import type { OrganizationId, SourceId } from '../domain/ids';
import { fitsWords, selectionOf, type Conditions, type Selection, type SortKey } from './listing';

/** Which contacts are meant; absent: all. */
export interface ListedContactFilter {
  q?: string;
  email?: string;
  externalId?: string;
  kind?: 'person' | 'organization';
  /** One of these speaks of the person. */
  sources?: readonly SourceId[];
  /** The attribute that is missing. */
  waitingFor?: string;
}

const CONDITIONS: Conditions<ListedContactFilter> = {
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
};

/** The contacts that are meant; with an account, without one (a deleted one is none), or either. */
export function selectContacts(
  organizationId: OrganizationId,
  filter: ListedContactFilter,
  hasAccount: boolean | undefined,
): Selection {
  const either = hasAccount === undefined ? 'true' : `l.account_id IS ${hasAccount ? 'NOT NULL' : 'NULL'}`;
  return selectionOf(organizationId, either, filter, CONDITIONS);
}

export const CONTACT_SORTS = ['name', 'createdAt'] as const;
export type ContactSort = (typeof CONTACT_SORTS)[number];

export const CONTACT_SORT_KEYS: Readonly<Record<ContactSort, SortKey | undefined>> = {
  name: { key: 'l.name', type: 'text' },
  createdAt: undefined,
};
