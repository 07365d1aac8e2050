import type { Request, Response } from 'express';
import passport from 'passport';
import type { SignInDeps } from '../sign-in/deps';
import type { LocalOutcome } from '../sign-in/outcome';
import { signInWithPassword, type PasswordRequest } from '../sign-in/password';
import { localUser } from './local-user';
import type { SignedIn } from './request';
import { runStrategy, type SignInPassport } from './strategy';

const NAME = 'password';

type SignedInOutcome = Extract<LocalOutcome, { kind: 'signed_in' }>;
export type PasswordResult = { user: SignedIn; outcome: SignedInOutcome } | Exclude<LocalOutcome, SignedInOutcome>;

/** The strategy of who has no provider; like the others it only carries between Passport and `sign-in` (docs/adr/0002). */
export class PasswordStrategy extends passport.Strategy {
  override readonly name = NAME;

  constructor(private readonly deps: SignInDeps) {
    super();
  }

  override authenticate(req: Request, options: PasswordRequest): void {
    this.run(req, options).catch((error: unknown) => this.error(error));
  }

  private async run(req: Request, request: PasswordRequest): Promise<void> {
    const outcome = await signInWithPassword(this.deps, request);
    if (outcome.kind === 'signed_in') return this.success(localUser(req, outcome), outcome);
    return this.fail(outcome as object as never);
  }
}

/** Runs the strategy; yields what came of it. */
export async function authenticatePassword(
  authenticator: SignInPassport,
  req: Request,
  res: Response,
  request: PasswordRequest,
): Promise<PasswordResult> {
  const { user, info } = await runStrategy(authenticator, NAME, req, res, request);
  return user ? { user, outcome: info as SignedInOutcome } : (info as PasswordResult);
}
