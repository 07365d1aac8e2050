import { parseForm } from '../../../management/form';
import { inviteAdmin, inviteAdminForm } from '../../../management/invite-admin';
import { readOrganizationLine } from '../../../management/organization-list';
import { includesScope } from '../../../management/scopes';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';

const PATH = '/organization-settings/:org';

/** The second and third step of a new organization: how people sign in, and who looks after it. */
export const firstAdminRoutes: readonly PortalRoute[] = [
  page(`${PATH}/sign-in`, 'organizations:read', chooseSignIn),
  page(`${PATH}/first-admin`, 'admins:write', (call) => showForm(call, {}, [])),
  action(`${PATH}/first-admin`, 'admins:write', invite),
];

const asked = ({ params }: PortalCall): string => params.org ?? '';

async function chooseSignIn(call: PortalCall): Promise<void> {
  const { name, slug, sso } = await readOrganizationLine(call.deps, call.caller, asked(call));
  const settingsUrl = `${call.base}/organization-settings/${slug}`;
  showPortal(call, 'portal/organization-sign-in', {
    ...{ name, sso, settingsUrl },
    connectionsUrl: `${call.base}/organizations/${slug}/connections`,
    ...(includesScope(call.caller.scopes, 'admins:write') && { adminUrl: `${settingsUrl}/first-admin` }),
  });
}

async function invite(call: PortalCall): Promise<void> {
  const { slug } = await readOrganizationLine(call.deps, call.caller, asked(call));
  const values = {
    email: call.form.text('email'),
    givenName: call.form.text('givenName'),
    familyName: call.form.text('familyName'),
  };
  const how = call.web.installation.mail === 'none' ? 'print' : 'mail';
  const result = await attempt(async () =>
    inviteAdmin(call.deps, call.caller, slug, parseForm(inviteAdminForm, values), how),
  );
  if (result.errors) return showForm(call, values, result.errors);
  const nextUrl = `/organization-settings/${slug}`;
  if (result.done.by !== 'link') return goOn(call, nextUrl, `organizations.notice.invited_${result.done.by}`);
  const { t } = call.web.languages.of(call.req, call.res);
  showPortal(call, 'portal/shown-once', {
    title: t('portal.organizations.admin.linkTitle'),
    text: t('portal.organizations.admin.linkText', { email: values.email }),
    label: t('portal.organizations.admin.link'),
    value: result.done.url,
    nextUrl: call.base + nextUrl,
  });
}

async function showForm(
  call: PortalCall,
  values: Readonly<Record<string, string>>,
  errors: readonly FieldError[],
): Promise<void> {
  const { name, slug, sso } = await readOrganizationLine(call.deps, call.caller, asked(call));
  if (errors.length) call.res.status(422);
  const settingsUrl = `${call.base}/organization-settings/${slug}`;
  showPortal(call, 'portal/first-admin', {
    ...{ name, values, errors, settingsUrl },
    action: `${settingsUrl}/first-admin`,
    how: sso !== 'none' ? 'sso' : call.web.installation.mail === 'none' ? 'link' : 'mail',
  });
}
