import type { ApplyFile } from '../management/apply-form';
import type { SampleIdp } from './sample-idp';

type SeededOrganization = ApplyFile['organizations'][number];

const CONNECTION = 'Sample IdP';

/** Who looks after the portal of which organization. */
export const ADMINS = { acme: 'dana.weber@acme.example', initech: 'bill.lumbergh@initech.example' };

/** What the sample organizations look like at the first start, as `drawbridge apply` would take it. */
export const sampleOrganizations = (idp: SampleIdp): ApplyFile => ({
  organizations: [acme(idp), globex(idp), initech],
});

/**
 * Where the sample identity provider is and what it signs with. All that later starts say: whatever people changed in
 * the meantime is theirs, but a connection that leads nowhere helps nobody.
 */
export const sampleConnections = (idp: SampleIdp): ApplyFile => ({
  organizations: [
    { slug: 'acme', name: 'Acme Inc.', connections: [samlConnection(idp)] },
    { slug: 'globex', name: 'Globex Corporation', connections: [oidcConnection(idp)] },
  ],
});

const samlConnection = ({ saml }: SampleIdp) => ({
  kind: 'saml' as const,
  name: CONNECTION,
  metadataUrl: saml.metadataUrl,
});

const oidcConnection = ({ oidc }: SampleIdp) => ({
  kind: 'oidc' as const,
  name: CONNECTION,
  issuer: oidc.issuer,
  clientId: oidc.clientId,
  clientSecret: oidc.clientSecret,
});

/** SAML, everything filled in: groups by mapping, a licence with seats, a profile for everyone. */
const acme = (idp: SampleIdp): SeededOrganization => ({
  slug: 'acme',
  name: 'Acme Inc.',
  branding: { color: '#0b5d4e' },
  technicalContacts: ['it@acme.example'],
  domains: ['acme.example'],
  groups: [
    { name: 'Administrators', description: 'IT and whoever helps out there' },
    { name: 'Engineering', description: 'Builds and runs the product' },
    { name: 'Sales', description: 'Customers and partners' },
  ],
  permissionProfiles: [{ name: 'Employee', description: 'What everyone at Acme may do' }],
  licences: [{ name: 'Full', seats: 50 }],
  connections: [
    {
      ...samlConnection(idp),
      state: 'active',
      // For the tile on the provider's start page.
      allowIdpInitiated: true,
      groupMapping: [
        { value: 'admins', group: 'Administrators' },
        { value: 'engineering', group: 'Engineering' },
        { value: 'sales', group: 'Sales' },
      ],
    },
  ],
  policy: { defaultPermissionProfile: 'Employee', defaultLicence: 'Full' },
  accounts: [{ email: ADMINS.acme, givenName: 'Dana', familyName: 'Weber' }],
  admins: [{ email: ADMINS.acme, roles: ['organization_admin'] }],
});

/** OpenID Connect, as little as it takes. */
const globex = (idp: SampleIdp): SeededOrganization => ({
  slug: 'globex',
  name: 'Globex Corporation',
  branding: { color: '#6a3fb5' },
  technicalContacts: ['helpdesk@globex.example'],
  domains: ['globex.example'],
  connections: [
    {
      ...oidcConnection(idp),
      state: 'active',
      scopes: ['openid', 'profile', 'email', 'groups'],
      groupMapping: [{ value: 'admins', group: 'Administrators' }],
    },
  ],
});

/** For trying it out; whoever signed in may have chosen another since. */
export interface SamplePerson {
  email: string;
  password: string;
}

const peter: SamplePerson = { email: 'peter.gibbons@initech.example', password: 'salmon ladder october 52' };
const bill: SamplePerson = { email: 'bill.lumbergh@initech.example', password: 'velvet harbour trombone 16' };

/** Who has a password from the first start on. */
export const INITECH_PEOPLE: readonly SamplePerson[] = [peter, bill];

/** No identity provider: passwords, and whoever likes creates an account. */
const initech: SeededOrganization = {
  slug: 'initech',
  name: 'Initech',
  branding: { color: '#b4532a' },
  technicalContacts: ['support@initech.example'],
  groups: [
    { name: 'Management', description: 'Whom the cover sheets go to' },
    { name: 'Engineering', description: 'Puts cover sheets on reports' },
  ],
  accounts: [
    { ...peter, givenName: 'Peter', familyName: 'Gibbons', groups: ['Engineering'] },
    { ...bill, givenName: 'Bill', familyName: 'Lumbergh', groups: ['Management'], userType: 'Privileged' },
    // Not yet: the link with which he chooses a password is in the mail.
    { email: 'milton.waddams@initech.example', givenName: 'Milton', familyName: 'Waddams', sendLink: true },
  ],
  admins: [{ email: ADMINS.initech, roles: ['organization_admin'] }],
};
