import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import passport from 'passport';
import { CONNECTION_KINDS, type CallbackInput, type ConnectionKind, type Wishes } from '../connections/connection';
import { isStrongEnough } from '../domain/second-factor';
import { beginSignIn } from '../sign-in/begin';
import { completeSignIn } from '../sign-in/complete';
import type { SignInDeps } from '../sign-in/deps';
import type { BeginOutcome, SignInOutcome } from '../sign-in/outcome';
import type { SignInRequest } from '../sign-in/request';
import type { Door } from '../provisioning/door';
import { findLiveSession, touchSession } from '../storage/sessions';
import { organizationOf } from './organization';
import { PasswordStrategy } from './password-strategy';
import type { SignedIn } from './request';
import { runStrategy, type SignInPassport } from './strategy';

/** What a route asks a strategy for. */
export type StrategyOptions = SignInRequest &
  (
    | { begin: { browser: string; returnTo?: string } & Wishes }
    | { complete: { browser?: string; door: Door; reply: CallbackInput } }
  );

/** A visit moves the idle limit; not every one of a page's requests has to be written down. */
const TOUCH_MS = 60_000;

type SignedInOutcome = Extract<SignInOutcome, { kind: 'signed_in' }>;

/** What came of it: a step for the browser, or the end of the attempt. */
export type StrategyResult =
  | BeginOutcome
  | { kind: 'signed_in'; user: SignedIn; outcome: SignedInOutcome }
  | Exclude<SignInOutcome, SignedInOutcome>;

/**
 * One strategy per kind of connection. Each only carries between Passport and `sign-in`, where the protocols' common
 * flow lives (docs/adr/0002).
 */
class ConnectionStrategy extends passport.Strategy {
  constructor(
    override readonly name: ConnectionKind,
    private readonly deps: SignInDeps,
  ) {
    super();
  }

  override authenticate(_req: Request, options: StrategyOptions): void {
    this.run(options).catch((error: unknown) => this.error(error));
  }

  private async run(options: StrategyOptions): Promise<void> {
    if ('begin' in options) {
      const begun = await beginSignIn(this.deps, { ...options, ...options.begin });
      // Passport knows redirects but no forms: the route shows both.
      return this.fail(begun satisfies StrategyResult as object as never);
    }
    const outcome = await completeSignIn(this.deps, { ...options, ...options.complete });
    if (outcome.kind !== 'signed_in') return this.fail(outcome satisfies StrategyResult as object as never);
    const { organizationId, id: connectionId } = options.connection;
    const user: SignedIn = {
      organizationId,
      accountId: outcome.accountId,
      session: { id: outcome.sessionId, expiresAt: outcome.expiresAt, connectionId, isBreakGlass: false },
    };
    return this.success(user, outcome);
  }
}

/** What stands in the browser's session: the key of a row in Postgres, nothing more. */
interface Serialized {
  organizationId: string;
  sessionId: string;
}

/** Passport with our strategies. Every request asks Postgres whether the session still is one (security 23). */
export function createPassport(deps: SignInDeps): SignInPassport {
  const authenticator = new passport.Passport();
  for (const kind of CONNECTION_KINDS) authenticator.use(new ConnectionStrategy(kind, deps));
  authenticator.use(new PasswordStrategy(deps));
  authenticator.serializeUser((user, done) =>
    done(null, { organizationId: user.organizationId, sessionId: user.session.id } satisfies Serialized),
  );
  authenticator.deserializeUser(
    (req: IncomingMessage, stored: Serialized, done: (error: unknown, user?: SignedIn | false) => void) => {
      findSignedIn(deps, stored, req as Request).then((user) => done(null, user ?? false), done);
    },
  );
  return authenticator;
}

async function findSignedIn(deps: SignInDeps, stored: Serialized, req: Request): Promise<SignedIn | undefined> {
  const { organization, policy } = organizationOf(req);
  const { id } = organization;
  if (stored.organizationId !== id) return undefined;
  const now = deps.now();
  const session = await findLiveSession(deps.db.manager, id, stored.sessionId, now);
  if (!session || !isStrongEnough(session, organization, policy)) return undefined;
  if (now.getTime() - session.lastSeenAt.getTime() >= TOUCH_MS)
    await touchSession(deps.db.manager, id, session.id, now);
  return { organizationId: id, accountId: session.accountId, session };
}

/** Runs the strategy of the connection's kind; yields what came of it. */
export async function authenticate(
  authenticator: SignInPassport,
  req: Request,
  res: Response,
  options: StrategyOptions,
): Promise<StrategyResult> {
  const { user, info } = await runStrategy(authenticator, options.connection.kind, req, res, options);
  return user ? { kind: 'signed_in', user, outcome: info as SignedInOutcome } : (info as StrategyResult);
}

/** Begins the browser's session with a new id (security 12), to end when the session row ends. */
export function logIn(req: Request, user: SignedIn): Promise<void> {
  return new Promise((resolve, reject) => {
    req.logIn(user, (error: unknown) => {
      if (error) return reject(error as Error);
      resolve();
    });
  });
}
