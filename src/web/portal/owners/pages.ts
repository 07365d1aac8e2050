import type { OrganizationsPages } from './organizations-pages';
import type { OwnersPages } from './owners-pages';

/** Every page of the owners' own portal. */
export interface OwnerPages extends OrganizationsPages, OwnersPages {}
