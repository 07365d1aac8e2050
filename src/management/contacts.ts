import type { AttributeValues } from '../domain/attributes';
import { AppError } from '../domain/errors';
import type { ContactId } from '../domain/ids';
import type { SourceKind } from '../domain/policy';
import {
  findContact,
  listStatements,
  statementsByContact,
  type ContactLine,
  type StatementLine,
} from '../storage/contacts';
import type { Caller, ManagementDeps } from './deps';
import { reading, type Island } from './island';
import { accountIn } from './person';

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

/** Kinds of the sources that speak of each of these contacts. */
export const listSourceKinds = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  ids: readonly ContactId[],
): Promise<ReadonlyMap<ContactId, readonly SourceKind[]>> =>
  reading(deps, caller, organization, 'contacts:read', async ({ tx, organization: own }) => {
    const statements = await statementsByContact(tx, own.id, ids);
    return new Map(
      [...statements].map(([id, said]) => [
        id,
        [...new Set(said.filter(({ presence }) => presence !== 'gone').map(({ sourceKind }) => sourceKind))],
      ]),
    );
  });
