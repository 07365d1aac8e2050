import { hasAllRights, includesScope } from '../../../management/scopes';
import { parseForm } from '../../../management/form';
import { organizationChangeForm } from '../../../management/organization-forms';
import { customUrlStanding, readOrganizationLine } from '../../../management/organization-list';
import { changeOrganization, readOrganization, removeOrganization } from '../../../management/organizations';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { linesOf } from './lines';
import type { OrganizationFormModel } from './organizations-pages';

const PATH = '/organization-settings/:org';

/** What of one organization is the owners' to say: its name and addresses, and whether there is one. */
export const organizationSettingsRoutes: readonly PortalRoute[] = [
  page(PATH, 'organizations:read', show),
  action(PATH, 'organizations:write', change),
  page(`${PATH}/delete`, '*', confirmDelete),
  action(`${PATH}/delete`, '*', remove),
];

const asked = ({ params }: PortalCall): string => params.org ?? '';
const pathOf = (slug: string): string => `/organization-settings/${slug}`;

async function show(call: PortalCall): Promise<void> {
  const { name, slug, externalId, technicalContacts } = await readOrganization(call.deps, call.caller, asked(call));
  const values = { name, slug, externalId: externalId ?? '', technicalContacts: technicalContacts.join('\n') };
  await showSettings(call, { values, errors: [] });
}

async function change(call: PortalCall): Promise<void> {
  const { form } = call;
  const values = {
    name: form.text('name').trim(),
    slug: form.text('slug').trim(),
    externalId: form.text('externalId').trim(),
    technicalContacts: form.text('technicalContacts'),
  };
  if (form.text('act') === 'check') {
    const { slug: own } = await readOrganization(call.deps, call.caller, asked(call));
    const standing = await customUrlStanding(call.deps, call.caller, values.slug, own);
    return showSettings(call, { values, errors: [], standing });
  }
  const result = await attempt(async () =>
    changeOrganization(
      call.deps,
      call.caller,
      asked(call),
      parseForm(organizationChangeForm, {
        ...values,
        externalId: values.externalId || null,
        technicalContacts: linesOf(values.technicalContacts),
      }),
    ),
  );
  if (result.errors) return showSettings(call, { values, errors: result.errors });
  goOn(call, pathOf(result.done.slug), 'organizations.notice.changed');
}

async function showSettings(
  call: PortalCall,
  shown: Pick<OrganizationFormModel, 'values' | 'standing'> & { errors: readonly FieldError[] },
): Promise<void> {
  const line = await readOrganizationLine(call.deps, call.caller, asked(call));
  const { base, caller, web } = call;
  if (shown.errors.length) call.res.status(422);
  const path = base + pathOf(line.slug);
  showPortal(call, 'portal/organization-form', {
    ...{ ...shown, action: path, listUrl: base, baseUrl: web.baseUrl },
    existing: {
      ...line,
      url: `${base}/organizations/${line.slug}`,
      mayChange: includesScope(caller.scopes, 'organizations:write'),
      ...(includesScope(caller.scopes, 'admins:write') && !line.hasAdmin && { inviteUrl: `${path}/first-admin` }),
      ...(hasAllRights(caller) && { deleteUrl: `${path}/delete` }),
    },
  });
}

async function confirmDelete(call: PortalCall): Promise<void> {
  const { name, slug, accounts, connections } = await readOrganizationLine(call.deps, call.caller, asked(call));
  const { t } = call.web.languages.of(call.req, call.res);
  const say = (key: string): string =>
    t(`portal.organizations.delete.${key}`, { name, accounts, connections, url: `${call.web.baseUrl}/${slug}` });
  showPortal(call, 'portal/confirm', {
    title: say('title'),
    consequences: ['accounts', 'connections', 'applications', 'url', 'ledger'].map(say),
    action: `${call.base}${pathOf(slug)}/delete`,
    button: say('button'),
    danger: true,
    cancelUrl: call.base + pathOf(slug),
  });
}

async function remove(call: PortalCall): Promise<void> {
  await removeOrganization(call.deps, call.caller, asked(call));
  goOn(call, '', 'organizations.notice.deleted');
}
