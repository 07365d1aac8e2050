import { createOrganization } from '../../../management/organizations';
import { customUrlStanding, findOrganizations } from '../../../management/organization-list';
import { newOrganizationForm } from '../../../management/organization-forms';
import { parseForm } from '../../../management/form';
import { includesScope } from '../../../management/scopes';
import { suggestSlug } from '../../../domain/organization';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { linesOf } from './lines';
import type { OrganizationFormModel } from './organizations-pages';

const PER_PAGE = 50;
const NEW = '/new-organization';

/** The owners' list of organizations, and another one. */
export const organizationsRoutes: readonly PortalRoute[] = [
  page('', 'organizations:read', list),
  page(NEW, 'organizations:write', (call) => showForm(call, { values: {}, errors: [] })),
  action(NEW, 'organizations:write', create),
];

async function list(call: PortalCall): Promise<void> {
  const text = (call.query.q ?? '').trim().slice(0, 120);
  const number = Math.max(1, Math.min(10_000, Number.parseInt(call.query.page ?? '', 10) || 1));
  const { items, total } = await findOrganizations(call.deps, call.caller, {
    ...{ text, limit: PER_PAGE, offset: (number - 1) * PER_PAGE },
  });
  const pageUrl = (to: number): string => `${call.base}?${new URLSearchParams({ q: text, page: String(to) })}`;
  showPortal(call, 'portal/organizations', {
    ...{ text, total, from: (number - 1) * PER_PAGE + 1 },
    organizations: items.map((one) => ({
      ...one,
      url: `${call.base}/organizations/${one.slug}`,
      settingsUrl: `${call.base}/organization-settings/${one.slug}`,
    })),
    searchUrl: call.base,
    ...(includesScope(call.caller.scopes, 'organizations:write') && { newUrl: call.base + NEW }),
    ...(number > 1 && { previousUrl: pageUrl(number - 1) }),
    ...(number * PER_PAGE < total && { nextUrl: pageUrl(number + 1) }),
  });
}

async function create(call: PortalCall): Promise<void> {
  const values = typed(call);
  const slug = values.slug || suggestSlug(values.name);
  if (call.form.text('act') === 'check') {
    const standing = slug ? await customUrlStanding(call.deps, call.caller, slug) : undefined;
    return showForm(call, { values: { ...values, slug }, errors: [], standing });
  }
  const result = await attempt(async () =>
    createOrganization(
      call.deps,
      call.caller,
      parseForm(newOrganizationForm, {
        ...{ name: values.name, slug },
        technicalContacts: linesOf(values.technicalContacts),
      }),
    ),
  );
  if (result.errors) return showForm(call, { values: { ...values, slug }, errors: result.errors });
  goOn(call, `/organization-settings/${result.done.slug}/sign-in`, 'organizations.notice.created');
}

function typed({ form }: PortalCall) {
  return {
    name: form.text('name').trim(),
    slug: form.text('slug').trim(),
    technicalContacts: form.text('technicalContacts'),
  };
}

function showForm(
  call: PortalCall,
  shown: Pick<OrganizationFormModel, 'values' | 'standing'> & { errors: readonly FieldError[] },
): void {
  if (shown.errors.length) call.res.status(422);
  showPortal(call, 'portal/organization-form', {
    ...shown,
    action: call.base + NEW,
    listUrl: call.base,
    baseUrl: call.web.baseUrl,
  });
}
