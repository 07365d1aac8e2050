import { z } from 'zod';
import { AppError, invalidForm } from '../domain/errors';
import type { OrganizationId } from '../domain/ids';
import { OWNERS_SLUG } from '../domain/organization';
import { insertApiKey, listApiKeys as readApiKeys, revokeApiKey as revoke, type ApiKey } from '../storage/api-keys';
import { findOrganization } from '../storage/organizations';
import type { Transaction } from '../storage/rows';
import type { Caller, ManagementDeps } from './deps';
import { instant, line } from './fields';
import { reading, transacting, writeNote } from './island';
import { pageOf, type Page, type PageQuery } from './page';
import { hasAllRights, includesScope, requireAllRights, requireScope, SCOPES } from './scopes';

export const newApiKeyForm = z.strictObject({
  name: line(120),
  organization: line(63)
    .nullable()
    .optional()
    .meta({ description: 'Slug or id. A key with all rights that leaves it out makes another with all rights.' }),
  scopes: z
    .array(z.enum(SCOPES as [string, ...string[]]))
    .min(1)
    .max(SCOPES.length),
  expiresAt: instant.nullable().optional(),
});
export type NewApiKeyForm = z.output<typeof newApiKeyForm>;

export interface ApiKeyView extends Omit<ApiKey, 'organizationId'> {
  /** Slug; null: every organization. */
  organization: string | null;
}

/**
 * Makes a key, shown this once. Nobody gives more than they have.
 * @throws AppError insufficient_scope, unknown_organization, invalid_form
 */
export async function createApiKey(
  deps: ManagementDeps,
  caller: Caller,
  form: NewApiKeyForm,
): Promise<ApiKeyView & { key: string }> {
  requireScope(caller, 'api-keys:write');
  const organizationId = await organizationFor(deps, caller, form.organization);
  const missing = form.scopes.filter((scope) => !includesScope(caller.scopes, scope));
  if (missing.length)
    throw new AppError('insufficient_scope', { detail: `A key cannot give what it has not: ${missing.join(', ')}.` });
  if (organizationId === null && !form.scopes.includes('*'))
    throw invalidForm({
      field: 'organization',
      code: 'required',
      message: 'Only a key with all rights, scope *, is for every organization.',
    });
  return transacting(deps, async (tx) => {
    const { name, scopes } = form;
    const expiresAt = form.expiresAt ? new Date(form.expiresAt) : null;
    const { key, ...made } = await insertApiKey(tx, { name, organizationId, scopes: [...new Set(scopes)], expiresAt });
    const resource = `api_key:${made.id}`;
    const details = { scopes: made.scopes, prefix: made.prefix };
    await writeNote(tx, deps.now(), caller, organizationId, { action: 'api_key.created', resource, details });
    return { ...(await viewOf(tx, made)), key };
  });
}

async function organizationFor(
  deps: ManagementDeps,
  caller: Caller,
  asked: string | null | undefined,
): Promise<OrganizationId | null> {
  if (asked != null)
    return reading(deps, caller, asked, 'api-keys:write', async ({ organization: { id, slug } }) => {
      if (slug === OWNERS_SLUG) throw new AppError('unknown_organization');
      return id;
    });
  if (asked === undefined && caller.organizationId !== null) return caller.organizationId;
  requireAllRights(caller);
  return null;
}

/** Newest first; revoked ones are shown as such. */
export async function listApiKeys(
  deps: ManagementDeps,
  caller: Caller,
  { limit, cursor }: PageQuery,
): Promise<Page<ApiKeyView>> {
  requireScope(caller, 'api-keys:read');
  const tx = deps.db.manager;
  const organizationId = caller.organizationId ?? undefined;
  const page = pageOf(await readApiKeys(tx, { organizationId, limit: limit + 1, before: cursor }), limit);
  return { ...page, items: await Promise.all(page.items.map((key) => viewOf(tx, key))) };
}

export async function readApiKey(deps: ManagementDeps, caller: Caller, id: string): Promise<ApiKeyView> {
  requireScope(caller, 'api-keys:read');
  return viewOf(deps.db.manager, await keyIn(deps.db.manager, caller, id));
}

/** Ends a key at once. */
export async function revokeApiKey(deps: ManagementDeps, caller: Caller, id: string): Promise<void> {
  requireScope(caller, 'api-keys:write');
  await transacting(deps, async (tx) => {
    const { organizationId, prefix } = await keyIn(tx, caller, id);
    if (!(await revoke(tx, id, deps.now()))) return;
    const note = { action: 'api_key.revoked', resource: `api_key:${id}`, details: { prefix } };
    await writeNote(tx, deps.now(), caller, organizationId, note);
  });
}

async function keyIn(tx: Transaction, caller: Caller, id: string): Promise<ApiKey> {
  const [found] = await readApiKeys(tx, { organizationId: caller.organizationId ?? undefined, limit: 1, id });
  const mayBeSeen = found && (found.organizationId !== null || hasAllRights(caller));
  if (!mayBeSeen) throw new AppError('not_found');
  return found;
}

async function viewOf(tx: Transaction, { organizationId, ...key }: ApiKey): Promise<ApiKeyView> {
  const found = organizationId === null ? undefined : await findOrganization(tx, organizationId);
  return { ...key, organization: found?.organization.slug ?? null };
}
