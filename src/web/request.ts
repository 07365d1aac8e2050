import type { LiveSession } from '../storage/sessions';
import type { SignInPlace } from '../storage/sign-in-place';

/** Who is signed in to the request's organization, as Passport hands it over. */
export interface SignedIn {
  organizationId: string;
  accountId: string;
  session: Pick<LiveSession, 'id' | 'expiresAt' | 'connectionId' | 'isBreakGlass'>;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the organization middleware on everything below `/{org}`. */
    place?: SignInPlace;
  }
}

declare global {
  // Passport's own hook for the type of `req.user`.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type
    interface User extends SignedIn {}
  }
}
