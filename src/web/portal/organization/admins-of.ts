import { listAdmins, type PortalAdmin } from '../../../management/admins';
import type { PortalCall } from '../call';

const MOST = 1_000;

/** Everybody with a role in this organization's portal. */
export const adminsOf = async ({ deps, caller, org }: PortalCall): Promise<readonly PortalAdmin[]> =>
  (await listAdmins(deps, caller, org, { limit: MOST })).items;

export const adminIn = async (call: PortalCall, id: string): Promise<PortalAdmin | undefined> =>
  (await adminsOf(call)).find((one) => one.id === id);
