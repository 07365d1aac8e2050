import { DEFAULT_POLICY, type Policy } from '../../src/domain/policy';
import { ownedFields, owningKinds } from '../../src/web/portal/organization/field-owners';
import { accessOf, defaultsOf, previewOf } from '../../src/web/portal/organization/policy-form';
import { ago, contacts, inAcme, inPortal, logo, sample, type Sample } from './pages-sample';

const settings = { base: '/acme/admin', mayChange: true, errors: [] };
const at = inPortal('/settings');
const withLogo = { ...at, organization: { ...at.organization, logoUrl: logo } };
const policy: Policy = {
  ...DEFAULT_POLICY,
  defaultGroups: ['Everyone'],
  selfSignupDomains: ['acme.example', 'acme_holding'],
  fieldOwners: [
    { field: 'phone', sources: ['scim', 'admin'] },
    { field: 'attributes.costCentre', sources: ['spreadsheet'] },
  ],
};
const domain = (id: string, name: string, verifiedBy: 'dns' | null) => ({
  ...{ id, domain: name, verifiedBy, verified: verifiedBy !== null, createdAt: ago(9) },
  verifiedAt: verifiedBy && ago(9),
  dns: { type: 'TXT' as const, name: `_drawbridge.${name}`, value: 'drawbridge-verification=7b1f0a2c9e' },
});
const domains = [domain('1', 'acme.example', 'dns'), domain('2', 'acme-holding.example', null)];
const greeting = 'Welcome to Acme.\nContractors: sign in with the account that your agency gave you.';

/** The settings of an organization, and what they do to its sign-in page. */
export const settingsPages: readonly Sample[] = [
  sample(
    'portal-settings',
    'portal/settings',
    { ...settings, values: accessOf(policy), errors: [{ field: 'selfSignupDomains.1', code: 'invalid_domain' }] },
    at,
  ),
  sample(
    'portal-settings-defaults',
    'portal/settings-defaults',
    {
      ...{ ...settings, profiles: ['Reader'], licences: ['Full'] },
      errors: [{ field: 'defaultGroups.0', code: 'unknown_group' }],
      values: defaultsOf(policy),
      preview: previewOf('{given}.{family}'),
    },
    at,
  ),
  sample(
    'portal-settings-fields',
    'portal/settings-fields',
    { ...settings, owned: ownedFields(policy), kinds: owningKinds(policy) },
    at,
  ),
  sample(
    'portal-settings-branding',
    'portal/settings-branding',
    { ...settings, hasLogo: true, values: { color: '#0b5d4e', greeting, help: 'help@acme.example' } },
    withLogo,
  ),
  sample(
    'portal-settings-branding-problem',
    'portal/settings-branding',
    {
      ...{ ...settings, hasLogo: false, values: { color: '', greeting: '', help: '' } },
      errors: [{ field: 'logo', code: 'invalid_image' }],
    },
    at,
  ),
  sample('portal-settings-domains', 'portal/settings-domains', { ...settings, domains, typed: '', mayVouch: true }, at),
  sample(
    'portal-settings-domains-checked',
    'portal/settings-domains',
    {
      ...{ ...settings, domains, typed: '', mayVouch: false },
      checked: { id: '2', found: ['v=spf1 -all', 'drawbridge-verification=of-another-installation'] },
    },
    at,
  ),
  sample(
    'sign-in-branded',
    'sign-in',
    {
      connections: [{ name: 'Okta', url: '#' }],
      passwordUrl: '#',
      greeting,
      help: 'mailto:help@acme.example',
      contacts,
    },
    { organization: { ...inAcme.organization, logoUrl: logo } },
  ),
];
