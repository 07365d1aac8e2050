import { z } from 'zod';
import type { AttributeValues } from '../domain/attributes';
import { AppError } from '../domain/errors';
import type { ContactId } from '../domain/ids';
import type { SourceKind } from '../domain/policy';
import {
  findContact,
  listContacts as readContacts,
  listStatements,
  type ContactLine,
  type StatementLine,
} from '../storage/contacts';
import type { Caller, ManagementDeps } from './deps';
import { email, line } from './fields';
import { reading, type Island } from './island';
import { pageOf, type Page, type PageQuery } from './page';
import { accountIn } from './person';

export const contactFilter = z.strictObject({ email: email.optional(), externalId: line(200).optional() });
export type ContactFilter = z.output<typeof contactFilter>;

/** What one source said of a contact. */
export interface SaidBySource {
  source: { id: string; kind: SourceKind; name: string };
  externalId: string | null;
  attributes: AttributeValues;
  emailVerified: boolean;
  presence: string;
  updatedAt: Date;
}

export interface ContactView extends ContactLine {
  sources: readonly SaidBySource[];
}

const saidBy = ({ sourceId, sourceKind, sourceName, access: _ids, ...said }: StatementLine): SaidBySource => ({
  source: { id: sourceId, kind: sourceKind, name: sourceName },
  ...said,
});

const sourcesOf = async ({ tx, organization }: Island, contactId: ContactId): Promise<readonly SaidBySource[]> =>
  (await listStatements(tx, organization.id, contactId)).map(saidBy);

export const listContacts = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { limit, cursor, ...filter }: PageQuery & ContactFilter,
): Promise<Page<ContactLine>> =>
  reading(deps, caller, organization, 'contacts:read', async ({ tx, organization: { id } }) =>
    pageOf(await readContacts(tx, { organizationId: id, limit: limit + 1, after: cursor, ...filter }), limit),
  );

/** A contact with what every source said of it. */
export const readContact = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: ContactId,
): Promise<ContactView> =>
  reading(deps, caller, organization, 'contacts:read', async (island) => {
    const found = await findContact(island.tx, island.organization.id, id);
    if (!found) throw new AppError('not_found');
    return { ...found, sources: await sourcesOf(island, id) };
  });

/** What every source said of the person whose account this is. */
export const readAccountSources = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<{ items: readonly SaidBySource[] }> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    const { contactId } = await accountIn(island, id);
    return { items: await sourcesOf(island, contactId) };
  });
