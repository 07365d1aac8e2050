import type { AdminsPages } from './admins-pages';
import type { GiveAccountPages } from './catalog-give-pages';
import type { CatalogPages } from './catalog-pages';
import type { ConnectionsPages } from './connections-pages';
import type { ContactPages } from './contact-pages';
import type { DirectoryPages } from './directory-pages';
import type { HomePages } from './home-pages';
import type { ImportPages } from './imports-pages';
import type { LedgerPages } from './ledger-pages';
import type { LinkRequestPages } from './link-requests-pages';
import type { NewUsersPages } from './new-users-pages';
import type { SettingsPages } from './settings-pages';
import type { SignInsPages } from './sign-ins-pages';
import type { UserEditPages } from './user-edit-pages';
import type { UserMergePages } from './user-merge-pages';
import type { UserPages } from './user-model';
import type { NewUserPages } from './user-new-pages';
import type { BulkPages } from './users-bulk-pages';
import type { UserListPages } from './users-pages';

/** Every page of an organization's portal. */
export interface OrganizationPages
  extends
    AdminsPages,
    BulkPages,
    CatalogPages,
    ConnectionsPages,
    ContactPages,
    DirectoryPages,
    GiveAccountPages,
    HomePages,
    ImportPages,
    LedgerPages,
    LinkRequestPages,
    NewUserPages,
    NewUsersPages,
    SettingsPages,
    SignInsPages,
    UserEditPages,
    UserListPages,
    UserMergePages,
    UserPages {}
