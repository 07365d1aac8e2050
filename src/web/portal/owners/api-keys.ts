import { AppError, invalidForm } from '../../../domain/errors';
import { createApiKey, listApiKeys, newApiKeyForm, readApiKey, revokeApiKey } from '../../../management/api-keys';
import { parseForm } from '../../../management/form';
import { isUuid } from '../../../management/uuid';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import type { ApiKeyValues } from './api-keys-pages';

const PATH = '/api-keys';
const PER_PAGE = 50;

/** Keys for programs. Owners alone see and make them. */
export const apiKeysRoutes: readonly PortalRoute[] = [
  page(PATH, 'api-keys:read', list),
  page(`${PATH}/new`, 'api-keys:write', (call) => showForm(call, EMPTY, [])),
  action(`${PATH}/new`, 'api-keys:write', create),
  page(`${PATH}/:id/revoke`, 'api-keys:write', confirmRevocation),
  action(`${PATH}/:id/revoke`, 'api-keys:write', revoke),
];

const EMPTY: ApiKeyValues = { name: '', reach: 'one', organization: '', expires: '', scopes: [] };

async function list(call: PortalCall): Promise<void> {
  const cursor = isUuid(call.query.after ?? '') ? call.query.after : undefined;
  const { items, nextCursor } = await listApiKeys(call.deps, call.caller, { limit: PER_PAGE, cursor });
  const listUrl = call.base + PATH;
  showPortal(call, 'portal/api-keys', {
    keys: items.map((key) => ({ ...key, revokeUrl: `${listUrl}/${key.id}/revoke` })),
    newUrl: `${listUrl}/new`,
    ...(nextCursor && { nextUrl: `${listUrl}?after=${nextCursor}` }),
  });
}

async function create(call: PortalCall): Promise<void> {
  const { form } = call;
  const values: ApiKeyValues = {
    ...{ name: form.text('name'), reach: form.text('reach'), organization: form.text('organization').trim() },
    ...{ expires: form.text('expires').trim(), scopes: form.all('scopes') },
  };
  const isForAll = values.reach === 'all';
  const result = await attempt(async () => {
    const asked = parseForm(newApiKeyForm, {
      name: values.name,
      organization: isForAll ? null : values.organization,
      scopes: isForAll ? ['*'] : values.scopes,
      expiresAt: values.expires ? `${values.expires}T00:00:00Z` : null,
    });
    return createApiKey(call.deps, call.caller, asked).catch(sayWhichOrganization);
  });
  if (result.errors) return showForm(call, values, result.errors);
  const { t } = call.web.languages.of(call.req, call.res);
  showPortal(call, 'portal/shown-once', {
    title: result.done.name,
    text: t('portal.apiKeys.once'),
    label: t('portal.apiKeys.key'),
    value: result.done.key,
    nextUrl: call.base + PATH,
  });
}

function sayWhichOrganization(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'unknown_organization') throw error;
  throw invalidForm({ field: 'organization', code: 'unknown_organization', message: error.message });
}

function showForm(call: PortalCall, values: ApiKeyValues, errors: readonly FieldError[]): void {
  if (errors.length) call.res.status(422);
  const listUrl = call.base + PATH;
  showPortal(call, 'portal/api-key-new', { values, errors, listUrl, action: `${listUrl}/new` });
}

async function confirmRevocation(call: PortalCall): Promise<void> {
  const { id, name, prefix } = await readApiKey(call.deps, call.caller, call.params.id ?? '');
  const { t } = call.web.languages.of(call.req, call.res);
  showPortal(call, 'portal/confirm', {
    title: t('portal.apiKeys.revoke.title', { name }),
    consequences: ['atOnce', 'forGood'].map((key) => t(`portal.apiKeys.revoke.${key}`, { prefix })),
    action: `${call.base}${PATH}/${id}/revoke`,
    button: t('portal.apiKeys.revoke.button'),
    danger: true,
    cancelUrl: call.base + PATH,
  });
}

async function revoke(call: PortalCall): Promise<void> {
  await revokeApiKey(call.deps, call.caller, call.params.id ?? '');
  goOn(call, PATH, 'apiKeys.notice.revoked');
}
