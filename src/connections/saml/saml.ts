import type { Connection, ServesMetadata } from '../connection';
import { begin } from './begin';
import { complete } from './complete';
import { metadata } from './metadata';
import type { SamlSettings } from './settings';

/** SAML 2.0 Web Browser SSO (Profiles 4.1), as a service provider. */
export const saml: Connection<SamlSettings> & ServesMetadata<SamlSettings> = {
  kind: 'saml',
  begin,
  complete,
  metadata,
};
