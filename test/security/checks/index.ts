import type { CheckOut } from '../check-out';
import { ACCOUNT_CHECKS } from './accounts';
import { BREAK_GLASS_CHECKS } from './break-glass';
import { OTHER_CHECKS } from './everywhere';
import { IMPORT_CHECKS } from './imports';
import { OIDC_CHECKS } from './oidc';
import { PORTAL_CHECKS } from './portal';
import { SAML_CHECKS } from './saml';
import { SECOND_FACTOR_CHECKS } from './second-factor';

/** Every check that a requirement rests on, in the order of the requirements. */
export const CHECKS: readonly CheckOut[] = [
  ...SAML_CHECKS,
  ...OIDC_CHECKS,
  ...ACCOUNT_CHECKS,
  ...SECOND_FACTOR_CHECKS,
  ...BREAK_GLASS_CHECKS,
  ...OTHER_CHECKS,
  ...PORTAL_CHECKS,
  ...IMPORT_CHECKS,
];
