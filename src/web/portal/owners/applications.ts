import { applicationChangeForm, newApplicationForm, rotateSecretForm } from '../../../management/application-forms';
import {
  changeApplication,
  createApplication,
  listApplications,
  readApplication,
  removeApplication,
  rotateSecret,
  type ApplicationWithSecret,
} from '../../../management/applications';
import { parseForm } from '../../../management/form';
import { includesScope } from '../../../management/scopes';
import { testSignInUrl } from '../../../management/test-sign-in';
import { isUuid } from '../../../management/uuid';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { formOf, NEW_APPLICATION, valuesOf, type ApplicationValues } from './application-values';

const PATH = '/applications';
const PER_PAGE = 50;

/** What signs people in through this service, of whatever organization. */
export const applicationsRoutes: readonly PortalRoute[] = [
  page(PATH, 'applications:read', list),
  page(`${PATH}/new`, 'applications:write', (call) => showForm(call, NEW_APPLICATION, [])),
  action(`${PATH}/new`, 'applications:write', create),
  page(`${PATH}/:id`, 'applications:read', show),
  page(`${PATH}/:id/edit`, 'applications:write', edit),
  action(`${PATH}/:id/edit`, 'applications:write', change),
  page(`${PATH}/:id/rotate`, 'applications:write', confirmRotation),
  action(`${PATH}/:id/rotate`, 'applications:write', rotate),
  page(`${PATH}/:id/delete`, 'applications:write', confirmDelete),
  action(`${PATH}/:id/delete`, 'applications:write', remove),
];

const idOf = ({ params }: PortalCall): string => params.id ?? '';
const mayWrite = ({ caller }: PortalCall): boolean => includesScope(caller.scopes, 'applications:write');
const wordsOf = (call: PortalCall) => call.web.languages.of(call.req, call.res).t;

async function list(call: PortalCall): Promise<void> {
  const cursor = isUuid(call.query.after ?? '') ? call.query.after : undefined;
  const { items, nextCursor } = await listApplications(call.deps, call.caller, { limit: PER_PAGE, cursor });
  const listUrl = call.base + PATH;
  showPortal(call, 'portal/applications', {
    applications: items.map((one) => ({ ...one, url: `${listUrl}/${one.id}` })),
    ...(mayWrite(call) && { newUrl: `${listUrl}/new` }),
    ...(nextCursor && { nextUrl: `${listUrl}?after=${nextCursor}` }),
  });
}

function typedIn({ form }: PortalCall): ApplicationValues {
  const { claims: _none, ...texts } = NEW_APPLICATION;
  const typed = Object.fromEntries(Object.keys(texts).map((field) => [field, form.text(field)])) as typeof texts;
  return { ...typed, claims: form.all('claims') };
}

async function create(call: PortalCall): Promise<void> {
  const values = typedIn(call);
  const tokenEndpointAuthMethod = values.type === 'spa' ? 'none' : 'client_secret_basic';
  const result = await attempt(async () =>
    createApplication(
      call.deps,
      call.caller,
      parseForm(newApplicationForm, { ...formOf(values), tokenEndpointAuthMethod }),
    ),
  );
  if (result.errors) return showForm(call, values, result.errors);
  if (!result.done.clientSecret) return goOn(call, `${PATH}/${result.done.id}`, 'applications.notice.created');
  showSecret(call, result.done);
}

/** The one answer that holds a secret; nothing keeps it. */
function showSecret(call: PortalCall, { name, issuer, clientId, clientSecret = '', id }: ApplicationWithSecret): void {
  showPortal(call, 'portal/application-secret', {
    ...{ name, issuer, clientId, clientSecret },
    nextUrl: `${call.base}${PATH}/${id}`,
  });
}

async function show(call: PortalCall): Promise<void> {
  const application = await readApplication(call.deps, call.caller, idOf(call));
  const organization = (call.query.organization ?? '').trim().toLowerCase().slice(0, 63);
  const url = `${call.base}${PATH}/${application.id}`;
  showPortal(call, 'portal/application', {
    ...{ application, organization, url, listUrl: call.base + PATH, snippet: call.query.snippet ?? 'express' },
    ...(organization && { testUrl: testSignInUrl(application, call.web.baseUrl, organization) }),
    mayChange: mayWrite(call),
  });
}

async function edit(call: PortalCall): Promise<void> {
  const application = await readApplication(call.deps, call.caller, idOf(call));
  showForm(call, valuesOf(application), [], application);
}

async function change(call: PortalCall): Promise<void> {
  const application = await readApplication(call.deps, call.caller, idOf(call));
  const values = typedIn(call);
  const result = await attempt(async () =>
    changeApplication(call.deps, call.caller, application.id, parseForm(applicationChangeForm, formOf(values))),
  );
  if (result.errors) return showForm(call, values, result.errors, application);
  goOn(call, `${PATH}/${application.id}`, 'applications.notice.changed');
}

function showForm(
  call: PortalCall,
  values: ApplicationValues,
  errors: readonly FieldError[],
  existing?: { id: string; name: string },
): void {
  if (errors.length) call.res.status(422);
  const listUrl = call.base + PATH;
  showPortal(call, 'portal/application-form', {
    ...{ values, errors, listUrl },
    action: existing ? `${listUrl}/${existing.id}/edit` : `${listUrl}/new`,
    ...(existing && { existing: { name: existing.name, url: `${listUrl}/${existing.id}` } }),
  });
}

async function confirmRotation(call: PortalCall): Promise<void> {
  const { name, id } = await readApplication(call.deps, call.caller, idOf(call));
  const t = wordsOf(call);
  showPortal(call, 'portal/confirm', {
    title: t('portal.applications.rotate.title', { name }),
    consequences: ['overlap', 'once'].map((key) => t(`portal.applications.rotate.${key}`)),
    action: `${call.base}${PATH}/${id}/rotate`,
    button: t('portal.applications.rotate.button'),
    cancelUrl: `${call.base}${PATH}/${id}`,
  });
}

async function rotate(call: PortalCall): Promise<void> {
  const form = parseForm(rotateSecretForm, {});
  showSecret(call, await rotateSecret(call.deps, call.caller, idOf(call), form));
}

async function confirmDelete(call: PortalCall): Promise<void> {
  const { name, id } = await readApplication(call.deps, call.caller, idOf(call));
  const t = wordsOf(call);
  showPortal(call, 'portal/confirm', {
    title: t('portal.applications.delete.title', { name }),
    consequences: ['tokens', 'people', 'secret'].map((key) => t(`portal.applications.delete.${key}`, { name })),
    action: `${call.base}${PATH}/${id}/delete`,
    button: t('portal.applications.delete.button'),
    danger: true,
    cancelUrl: `${call.base}${PATH}/${id}`,
  });
}

async function remove(call: PortalCall): Promise<void> {
  await removeApplication(call.deps, call.caller, idOf(call));
  goOn(call, PATH, 'applications.notice.deleted');
}
