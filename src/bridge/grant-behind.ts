import type { IncomingMessage } from 'node:http';
import { findLiveGrant, type LiveGrant } from '../storage/live-grants';
import type { BridgeDeps } from './deps';
import { readGrantId } from './grant-id';

/** What a request has read already together with its code or token: the library asks for it again. */
const read = new WeakMap<IncomingMessage, { grantId: string; grant: LiveGrant | undefined }>();

/** For this one request: at the next everything is asked anew. */
export const rememberGrant = (req: IncomingMessage, grantId: string, grant: LiveGrant | undefined): void =>
  void read.set(req, { grantId, grant });

export const forgetGrant = (req: IncomingMessage): void => void read.delete(req);

/** The application's session behind a token, as long as it stands. */
export async function grantBehind(
  { db, now }: Pick<BridgeDeps, 'db' | 'now'>,
  req: IncomingMessage | undefined,
  grantId: string,
): Promise<LiveGrant | undefined> {
  const known = req && read.get(req);
  if (known?.grantId === grantId) return known.grant;
  const key = readGrantId(grantId);
  return key && findLiveGrant(db.manager, key.organizationId, key.id, now());
}
