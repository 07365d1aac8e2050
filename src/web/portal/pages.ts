import type { PartsModel } from './part-samples';
import type { DirectoryPages } from './organization/directory-pages';
import type { OrganizationsPages } from './owners/organizations-pages';
import type { OwnersPages } from './owners/owners-pages';

/** Every page of the portals; each area adds its own. */
export interface PortalPages extends DirectoryPages, OrganizationsPages, OwnersPages {
import type { HomePages } from './organization/home-pages';
import type { LedgerPages } from './organization/ledger-pages';
import type { SignInsPages } from './organization/sign-ins-pages';

/** Every page of the portals; each area adds its own. */
export interface PortalPages extends DirectoryPages, HomePages, LedgerPages, SignInsPages {
  'portal/confirm': ConfirmModel;
  'portal/parts': PartsModel;
  'portal/problem': ProblemModel;
  'portal/home': object;
  'portal/organizations': { organizations: readonly { name: string; slug: string; url: string }[] };
}
export type PortalPageName = keyof PortalPages;

/** Names what will happen before it does. */
export interface ConfirmModel {
  title: string;
  /** What will happen, a sentence each. */
  consequences: readonly string[];
  /** Takes a POST. */
  action: string;
  hidden?: Readonly<Record<string, string | readonly string[]>>;
  /** What the button does, in its words. */
  button: string;
  danger?: boolean;
  cancelUrl: string;
}

/** A refusal, within the portal. */
interface ProblemModel {
  /** Key below `refused`. */
  words: string;
  detail?: string;
  backUrl: string;
}
