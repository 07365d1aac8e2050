import {
  accountsBySource,
  countArrived,
  countWaiting,
  signInsByDay,
  type DayOfSignIns,
  type SourceCount,
} from '../storage/home';
import { listPortalAdmins } from '../storage/portal-roles';
import { listCertificates, type CertificateEnd } from './certificates';
import { listContacts } from './contact-list';
import type { Caller, ManagementDeps } from './deps';
import { reading } from './island';
import { includesScope, type Scope } from './scopes';

export const HOME_DAYS = 14;
const DAY = 24 * 3600 * 1000;

/** What an organization's portal shows first; a part is absent for who may not see what it is made of. */
export interface Home {
  signIns?: readonly DayOfSignIns[];
  accounts?: readonly SourceCount[];
  /** Came in the last seven days. */
  arrived?: number;
  certificates?: readonly CertificateEnd[];
  /** What waits for somebody. */
  linkRequests?: number;
  waitingContacts?: number;
  failedMails?: number;
  hasAdmin?: boolean;
}

/** The last fourteen days, what is in use, and what there is to do. */
export async function readHome(deps: ManagementDeps, caller: Caller, organization: string): Promise<Home> {
  const may = (scope: Scope): boolean => includesScope(caller.scopes, scope);
  const own = await reading(
    deps,
    caller,
    organization,
    'organizations:read',
    async ({ tx, organization: found, now }) => {
      const since = firstDay(now);
      const waiting = await countWaiting(tx, found.id, since);
      return {
        ...(may('sign-in-attempts:read') && { signIns: await signInsByDay(tx, found.id, since) }),
        ...(may('accounts:read') && {
          accounts: await accountsBySource(tx, found.id),
          arrived: await countArrived(tx, found.id, new Date(now.getTime() - 7 * DAY)),
          failedMails: waiting.failedMails,
        }),
        ...(may('link-requests:read') && { linkRequests: waiting.linkRequests }),
        ...(may('admins:read') && { hasAdmin: await hasAdmin(tx, found.id) }),
      };
    },
  );
  return {
    ...own,
    ...(may('connections:read') && { certificates: await listCertificates(deps, caller, organization) }),
    ...(may('contacts:read') && { waitingContacts: await countContacts(deps, caller, organization) }),
  };
}

/** Midnight, UTC, of the first day that is shown. */
const firstDay = (now: Date): Date => new Date(Math.floor(now.getTime() / DAY) * DAY - (HOME_DAYS - 1) * DAY);

async function hasAdmin(...at: Parameters<typeof listPortalAdmins>): Promise<boolean> {
  const admins = await listPortalAdmins(...at);
  return admins.some(({ roles, status }) => roles.includes('organization_admin') && status === 'active');
}

/** Known people who wait for an address before they can have an account. */
async function countContacts(deps: ManagementDeps, caller: Caller, organization: string): Promise<number> {
  const query = { limit: 1, kind: 'person', hasEmail: false, hasAccount: false, total: true } as const;
  return (await listContacts(deps, caller, organization, query)).total ?? 0;
}
