import {
  addDomain,
  checkDomain,
  listDomains,
  newDomainForm,
  readDomain,
  removeDomain,
} from '../../../management/domains';
import { parseForm } from '../../../management/form';
import { includesScope } from '../../../management/scopes';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import type { CheckedDomain } from './settings-domains-pages';
import { SETTINGS } from './settings-tabs';

const DOMAINS = `${SETTINGS}/domains`;
const MOST = 1_000;

/** The organization's domains and what proves them. */
export const domainsRoutes: readonly PortalRoute[] = [
  page(DOMAINS, 'domains:read', (call) => showDomains(call)),
  action(DOMAINS, 'domains:write', add),
  action(`${DOMAINS}/:id/verify`, 'domains:write', verify),
  page(`${DOMAINS}/:id/remove`, 'domains:write', confirmRemoval),
  action(`${DOMAINS}/:id/remove`, 'domains:write', remove),
];

interface Shown {
  typed?: string;
  errors?: readonly FieldError[];
  checked?: CheckedDomain;
}

async function showDomains(call: PortalCall, { typed = '', errors = [], checked }: Shown = {}): Promise<void> {
  const { deps, caller, org, base } = call;
  if (errors.length) call.res.status(422);
  const mayChange = includesScope(caller.scopes, 'domains:write');
  const { items } = await listDomains(deps, caller, org, { limit: MOST });
  showPortal(call, 'portal/settings-domains', {
    ...{ base, domains: items, typed, errors, checked, mayChange },
    // Whoever has every right, an owner, may vouch for a domain instead of proving it.
    mayVouch: caller.organizationId === null && mayChange && caller.scopes.includes('*'),
  });
}

async function add(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const typed = form.text('domain').trim();
  const verified = form.text('verified') !== '';
  const { errors } = await attempt(() =>
    addDomain(deps, caller, org, parseForm(newDomainForm, { domain: typed, ...(verified && { verified }) })),
  );
  if (errors) return showDomains(call, { typed, errors });
  goOn(call, DOMAINS, 'settings.notice.domainAdded');
}

/** A record that is not there yet is no problem: the page says what was found in its place. */
async function verify(call: PortalCall): Promise<void> {
  const { deps, caller, org, params } = call;
  const result = await attempt(() => checkDomain(deps, caller, org, params.id ?? ''));
  if (result.errors) return showDomains(call, { errors: result.errors });
  const { domain, found } = result.done;
  if (domain.verified) return goOn(call, DOMAINS, 'settings.notice.domainVerified');
  await showDomains(call, { checked: { id: domain.id, found } });
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
