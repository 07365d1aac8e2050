import type { Request, Response } from 'express';
import type passport from 'passport';
import type { SignedIn } from './request';

/** Passport, ready for `web`. */
export type SignInPassport = InstanceType<typeof passport.Passport>;

/** What a strategy yields: who it is, and what it has to say besides. */
export interface StrategyAnswer {
  user?: SignedIn;
  info: unknown;
}

/** Runs one strategy for one request. */
export function runStrategy(
  authenticator: SignInPassport,
  name: string,
  req: Request,
  res: Response,
  options: object,
): Promise<StrategyAnswer> {
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, user?: SignedIn | false | null, info?: unknown): void => {
      if (error) reject(error as Error);
      else resolve({ ...(user && { user }), info });
    };
    const run = authenticator.authenticate(name, options, callback) as (
      req: Request,
      res: Response,
      next: (error?: unknown) => void,
    ) => void;
    run(req, res, reject);
  });
}
