import type { DirectoryPages } from './directory-pages';
import type { HomePages } from './home-pages';
import type { LedgerPages } from './ledger-pages';
import type { SignInsPages } from './sign-ins-pages';

/** Every page of an organization's portal. */
export interface OrganizationPages extends DirectoryPages, HomePages, LedgerPages, SignInsPages {}
