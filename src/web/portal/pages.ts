import type { OrganizationPages } from './organization/pages';
import type { OwnerPages } from './owners/pages';
import type { PartsModel } from './part-samples';

/** Every page of the portals; each area adds its own to those of its portal. */
export interface PortalPages extends OrganizationPages, OwnerPages {
  'portal/confirm': ConfirmModel;
  'portal/parts': PartsModel;
  'portal/problem': ProblemModel;
}
export type PortalPageName = keyof PortalPages;

/** Names what will happen before it does. */
export interface ConfirmModel {
  title: string;
  /** What will happen, a sentence each. */
  consequences: readonly string[];
  /** Takes a POST. */
  action: string;
  hidden?: Readonly<Record<string, string>>;
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
