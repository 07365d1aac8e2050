import { isUsernameFormat } from '../../../domain/username';
import { directoryOf } from '../../../management/directory';
import {
  addDomain,
  listDomains,
  newDomainForm,
  readDomain,
  removeDomain,
  verifyDomain,
} from '../../../management/domains';
import { parseForm } from '../../../management/form';
import { brandingForm } from '../../../management/organization-forms';
import { readBranding, replaceBranding } from '../../../management/branding';
import { policyForm, readPolicy, replacePolicy } from '../../../management/policy';
import { includesScope, type Scope } from '../../../management/scopes';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { formFrom, previewOf, typedValues, valuesOf, type PolicyValues } from './policy-form';

const PATH = '/settings';
const BRANDING = `${PATH}/branding`;
const DOMAINS = `${PATH}/domains`;
const MOST = 1_000;

export const settingsRoutes: readonly PortalRoute[] = [
  page(PATH, 'policy:read', policy),
  action(PATH, 'policy:write', changePolicy),
  page(BRANDING, 'branding:read', async (call) => {
    const { color = '' } = await readBranding(call.deps, call.caller, call.org);
    showBranding(call, color, []);
  }),
  action(BRANDING, 'branding:write', changeBranding),
  page(DOMAINS, 'domains:read', (call) => showDomains(call, '', [])),
  action(DOMAINS, 'domains:write', add),
  action(`${DOMAINS}/:id/verify`, 'domains:write', verify),
  page(`${DOMAINS}/:id/remove`, 'domains:write', confirmRemoval),
  action(`${DOMAINS}/:id/remove`, 'domains:write', remove),
];

const may = ({ caller }: PortalCall, scope: Scope): boolean => includesScope(caller.scopes, scope);

async function policy(call: PortalCall): Promise<void> {
  await showPolicy(call, valuesOf(await readPolicy(call.deps, call.caller, call.org)), []);
}

/** Saves, or only shows what usernames would look like. */
async function changePolicy(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const values = typedValues(form);
  if (form.text('do') === 'preview') return showPolicy(call, values, []);
  const before = await readPolicy(deps, caller, org);
  const result = await attempt(() => replacePolicy(deps, caller, org, parseForm(policyForm, formFrom(values, before))));
  if (result.errors) return showPolicy(call, values, result.errors);
  goOn(call, PATH, 'settings.notice.saved');
}

async function showPolicy(call: PortalCall, values: PolicyValues, errors: readonly FieldError[]): Promise<void> {
  const { deps, caller, org, base } = call;
  const names = async (kind: 'permission_profiles' | 'licences'): Promise<readonly string[]> =>
    (await directoryOf(kind).list(deps, caller, org, { limit: MOST })).items.map(({ name }) => name);
  const format = values.usernameFormat;
  if (errors.length) call.res.status(422);
  showPortal(call, 'portal/settings', {
    ...{ base, values, errors, mayChange: may(call, 'policy:write') },
    profiles: await names('permission_profiles'),
    licences: await names('licences'),
    preview: isUsernameFormat(format) ? previewOf(format) : [],
  });
}

async function changeBranding(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const color = form.text('color').trim();
  const result = await attempt(() =>
    replaceBranding(deps, caller, org, parseForm(brandingForm, color ? { color } : {})),
  );
  if (result.errors) return showBranding(call, color, result.errors);
  goOn(call, BRANDING, 'settings.notice.saved');
}

function showBranding(call: PortalCall, color: string, errors: readonly FieldError[]): void {
  if (errors.length) call.res.status(422);
  const { base } = call;
  showPortal(call, 'portal/settings-branding', { base, color, errors, mayChange: may(call, 'branding:write') });
}

async function showDomains(call: PortalCall, typed: string, errors: readonly FieldError[]): Promise<void> {
  const { deps, caller, org, base } = call;
  if (errors.length) call.res.status(422);
  const { items } = await listDomains(deps, caller, org, { limit: MOST });
  showPortal(call, 'portal/settings-domains', {
    ...{ base, domains: items, typed, errors },
    mayChange: may(call, 'domains:write'),
    // Whoever has every right, an owner, may vouch for a domain instead of proving it.
    mayVouch: caller.organizationId === null && may(call, 'domains:write') && caller.scopes.includes('*'),
  });
}

async function add(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const typed = form.text('domain').trim();
  const verified = form.text('verified') !== '';
  const result = await attempt(() =>
    addDomain(deps, caller, org, parseForm(newDomainForm, { domain: typed, ...(verified && { verified }) })),
  );
  if (result.errors) return showDomains(call, typed, result.errors);
  goOn(call, DOMAINS, 'settings.notice.domainAdded');
}

async function verify(call: PortalCall): Promise<void> {
  await verifyDomain(call.deps, call.caller, call.org, call.params.id ?? '');
  goOn(call, DOMAINS, 'settings.notice.domainVerified');
}

async function confirmRemoval(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, params } = call;
  const { id, domain } = await readDomain(deps, caller, org, params.id ?? '');
  const { t } = call.web.languages.of(call.req, call.res);
  showPortal(call, 'portal/confirm', {
    title: t('portal.settings.removeDomain', { domain }),
    consequences: [t('portal.settings.removeDomainText', { domain })],
    action: `${base}${DOMAINS}/${id}/remove`,
    button: t('portal.settings.remove'),
    danger: true,
    cancelUrl: base + DOMAINS,
  });
}

async function remove(call: PortalCall): Promise<void> {
  await removeDomain(call.deps, call.caller, call.org, call.params.id ?? '');
  goOn(call, DOMAINS, 'settings.notice.domainRemoved');
}
