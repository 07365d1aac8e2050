import type { Person } from './people';
import { PASSWORD } from './people';
import type { PhpValue } from './php';
import type { ServiceProvider } from './simplesamlphp';

const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';

/** `config.php`: an IdP on plain http whose cookies a browser accepts there. */
export const idpConfig = (dir: string, origin: string): PhpValue => ({
  baseurlpath: `${origin}/simplesaml/`,
  certdir: `${dir}/cert/`,
  loggingdir: `${dir}/log/`,
  datadir: `${dir}/data/`,
  tempdir: `${dir}/tmp/`,
  metadatadir: `${dir}/metadata/`,
  attributenamemapdir: '/etc/simplesamlphp/attributemap/',
  'metadata.sources': [{ type: 'flatfile' }],
  secretsalt: 'test-only-salt',
  'auth.adminpassword': 'test-only-admin',
  technicalcontact_email: 'idp@acme.test',
  timezone: 'UTC',
  'enable.saml20-idp': true,
  'enable.http_post': true,
  'module.enable': { core: true, saml: true, exampleauth: true },
  'store.type': 'phpsession',
  'session.cookie.secure': false,
  'session.cookie.samesite': 'Lax',
  'session.phpsession.savepath': `${dir}/sessions`,
  'language.available': ['en', 'de'],
  'language.default': 'en',
  'language.cookie.secure': false,
  'language.cookie.samesite': 'Lax',
  'logging.level': 7,
  'logging.handler': 'file',
  'logging.logfile': 'simplesamlphp.log',
  'admin.checkforupdates': false,
  showerrors: true,
  errorreporting: false,
  'authproc.idp': {},
});

/** `saml20-idp-hosted.php`: persistent NameID from the uid unless the service provider wants the address or a transient one. */
export const idpHosted = (origin: string): PhpValue => ({
  [`${origin}/simplesaml/saml2/idp/metadata.php`]: {
    host: '__DEFAULT__',
    privatekey: 'idp.key',
    certificate: 'idp.crt',
    auth: 'people',
    SingleSignOnServiceBinding: [
      'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
      'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
    ],
    authproc: {
      1: { class: 'saml:TransientNameID' },
      2: { class: 'saml:PersistentNameID', attribute: 'uid' },
      3: { class: 'saml:AttributeNameID', attribute: 'mail', Format: EMAIL },
    },
  },
});

/** `authsources.php`: everyone signs in with the same password. */
export const authSources = (people: readonly Person[]): PhpValue => ({
  people: {
    0: 'exampleauth:UserPass',
    ...Object.fromEntries(people.map((person) => [`${person.username}:${PASSWORD}`, attributesOf(person)])),
  },
});

const attributesOf = (person: Person): PhpValue => ({
  uid: [person.username],
  mail: [person.mail],
  givenName: [person.givenName],
  sn: [person.familyName],
  displayName: [person.displayName],
  ...(person.groups.length > 0 && { groups: person.groups }),
});

/** `saml20-sp-remote.php`. */
export const spRemote = (sps: readonly ServiceProvider[]): PhpValue =>
  Object.fromEntries(sps.map((sp) => [sp.entityId, metadataOf(sp)]));

const metadataOf = ({ acsUrl, sloUrl, certificate, options }: ServiceProvider): PhpValue => ({
  AssertionConsumerService: acsUrl,
  // Unless told, SimpleSAMLphp signs no logout message and looks at no signature of one.
  ...(sloUrl !== undefined && { SingleLogoutService: sloUrl, 'sign.logout': true }),
  ...(sloUrl !== undefined && certificate !== undefined && { 'validate.logout': true }),
  ...(certificate !== undefined && { certData: certificate.replace(/-----[^-]+-----|\s/g, '') }),
  NameIDFormat: PERSISTENT,
  ...options,
});
