import type { ApiKeysPages } from './api-keys-pages';
import type { ApplicationsPages } from './applications-pages';
import type { HealthPages } from './health-pages';
import type { OrganizationsPages } from './organizations-pages';
import type { OwnersPages } from './owners-pages';

/** Every page of the owners' own portal. */
export interface OwnerPages extends ApiKeysPages, ApplicationsPages, HealthPages, OrganizationsPages, OwnersPages {}
