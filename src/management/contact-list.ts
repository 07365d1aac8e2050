import { z } from 'zod';
import { SOURCE_KINDS } from '../domain/policy';
import { CONTACT_SORT_KEYS, CONTACT_SORTS, selectContacts, type ContactSort } from '../storage/contact-listing';
import { findContacts, type ContactLine } from '../storage/contacts';
import { countByStatus, countSelected, listPlaces, type Selection } from '../storage/listing';
import { listSources } from '../storage/sources';
import type { Caller, ManagementDeps } from './deps';
import { email, flag, line } from './fields';
import { reading, type Island } from './island';
import { decodeBookmark, keysetPage, type KeysetPage } from './keyset';

const CONTACT_KINDS = ['person', 'organization'] as const;

/** What somebody may wait for before they can have an account, or be called by name. */
const NEEDED = ['email', 'givenName', 'familyName'] as const;

export const contactFilter = z.strictObject({
  q: line(200).optional().meta({ description: 'Words, each of which begins a word of name or e-mail address.' }),
  email: email.optional(),
  externalId: line(200).optional(),
  source: z.enum(SOURCE_KINDS).optional().meta({ description: 'Kind of a source that speaks of the person.' }),
  kind: z.enum(CONTACT_KINDS).optional().meta({ description: 'A person, or an organization that is only known.' }),
  waitingFor: z.enum(NEEDED).optional().meta({ description: 'What is missing.' }),
  partOf: z.uuid().toLowerCase().optional().meta({ description: 'The organization, itself a contact, of people.' }),
  hasEmail: flag.optional(),
  hasAccount: flag.optional().meta({ description: '`false`: people who are known but cannot sign in.' }),
});

export const contactOrder = {
  sort: z.enum(CONTACT_SORTS).default('createdAt'),
  order: z.enum(['asc', 'desc']).default('asc'),
};

export type ContactFilter = z.output<typeof contactFilter>;

export interface ContactListQuery extends ContactFilter {
  limit: number;
  cursor?: string;
  sort?: ContactSort;
  order?: 'asc' | 'desc';
  /** Count all that match, too. */
  total?: boolean;
}

export interface ContactPage extends KeysetPage<ContactLine> {
  total: number | null;
}

/** A page of the contacts that match. @throws AppError invalid_form for a cursor of another order */
export const listContacts = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  query: ContactListQuery,
): Promise<ContactPage> =>
  reading(deps, caller, organization, 'contacts:read', async (island) => {
    const { limit, cursor, sort = 'createdAt', order = 'asc', total = false, ...asked } = query;
    const { tx, organization: own } = island;
    const way = `contacts ${sort} ${order}`;
    const from = cursor === undefined ? undefined : decodeBookmark(cursor, way);
    const select = await contactSelector(island, asked);
    const isDescending = (order === 'desc') !== (from?.isBackward ?? false);
    const wanted = { by: CONTACT_SORT_KEYS[sort], isDescending, limit: limit + 1, after: from };
    const page = keysetPage(await listPlaces(tx, select(), { id: 'l.contact_id', ...wanted }), limit, way, from);
    const ids = page.items.map(({ id }) => id);
    const items = await findContacts(tx, own.id, ids);
    return { ...page, items, total: total ? await countSelected(tx, select()) : null };
  });

/** How many contacts match, whether or not the filter asks for an account. */
export const countContacts = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { hasAccount: _either, ...asked }: ContactFilter,
): Promise<{ withoutAccount: number; all: number }> =>
  reading(deps, caller, organization, 'contacts:read', async (island) => {
    const found = await countByStatus(island.tx, (await contactSelector(island, asked))());
    return {
      withoutAccount: found.find(({ status }) => status === null)?.count ?? 0,
      all: found.reduce((sum, { count }) => sum + count, 0),
    };
  });

/** Yields the contacts that match, each time anew: whoever uses a selection adds parameters of its own. */
export async function contactSelector(
  { tx, organization }: Island,
  { source, hasAccount, hasEmail, ...asked }: ContactFilter,
): Promise<() => Selection> {
  const sources = source && (await listSources(tx, organization.id)).filter(({ kind }) => kind === source);
  const filter = { ...asked, ...(sources && { sources: sources.map(({ id }) => id) }) };
  return () => selectContacts(organization.id, filter, { hasAccount, hasEmail });
}
