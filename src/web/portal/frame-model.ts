import type { IconName } from '../icons';
import type { PageContext, PageOrganization } from '../page-context';
import type { Portal } from './navigation';

/** What surrounds every page of a portal. */
export interface PortalFrame {
  base: string;
  portal: Portal;
  sections: readonly { key: string; entries: readonly NavigationLink[] }[];
  person: { name: string; email: string; accountUrl: string; signOutUrl: string };
  /** Where an owner came from who looks at one organization. */
  allOrganizationsUrl?: string;
  /** Hidden fields of every form. */
  csrf: Readonly<Record<string, string>>;
  /** Key below `portal` of what was just done. */
  notice?: string;
  themeLinks: readonly { key: 'light' | 'dark' | 'system'; url: string }[];
}

interface NavigationLink {
  key: string;
  url: string;
  icon: IconName;
  current: boolean;
}

export type PortalContext = PageContext & { organization: PageOrganization; portal: PortalFrame };
