import type { Request } from 'express';
import type { EntryOutcome } from '../sign-in/outcome';
import { organizationOf } from './organization';
import type { SignedIn } from './request';

/** Who signed in without a connection. */
export function localUser(
  req: Request,
  { accountId, sessionId, expiresAt, isBreakGlass = false }: Extract<EntryOutcome, { kind: 'signed_in' }>,
): SignedIn {
  const { id: organizationId } = organizationOf(req).organization;
  return { organizationId, accountId, session: { id: sessionId, expiresAt, connectionId: null, isBreakGlass } };
}
