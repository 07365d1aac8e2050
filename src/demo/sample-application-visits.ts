import { randomBytes } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';

const COOKIE = 'sample-application';

/** What a browser's cookie stands for. */
export interface Visit {
  pending?: { pkceCodeVerifier: string; expectedState: string; expectedNonce: string };
  signedIn?: { idToken: string; claims: Readonly<Record<string, unknown>> };
}

/** The sample application's own sessions: in memory, for it is a sample. */
export function createVisits() {
  const visits = new Map<string, Visit>();
  const keyOf = (req: Request): string => parseCookie(req.headers.cookie ?? '')[COOKIE] ?? '';
  return {
    of: (req: Request): Visit => visits.get(keyOf(req)) ?? {},
    /** Under a new key each time. */
    begin(res: Response, visit: Visit): void {
      const key = randomBytes(32).toString('base64url');
      visits.set(key, visit);
      res.cookie(COOKIE, key, { httpOnly: true, sameSite: 'lax' });
    },
    end: (req: Request): void => void visits.delete(keyOf(req)),
    /** Ends what began with that session of the provider. */
    endBySid(sid: unknown): void {
      for (const [key, { signedIn }] of visits) if (signedIn?.claims.sid === sid) visits.delete(key);
    },
  };
}

export type Visits = ReturnType<typeof createVisits>;
