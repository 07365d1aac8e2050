import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import session, { Store, type SessionData } from 'express-session';
import type { OrganizationId } from '../domain/ids';
import { organizationOf } from './organization';

const CACHED = 1000;

/**
 * One cookie and one session per organization, so that a browser may be signed in to several (contract, URLs).
 * express-session fixes a cookie's name and changes its store, hence an instance and a view of the store for each.
 */
export function organizationSessions(options: {
  store: Store;
  secrets: readonly string[];
  secure: boolean;
}): RequestHandler {
  const cache = new Map<OrganizationId, RequestHandler>();
  return (req, res, next) => {
    const { id } = organizationOf(req).organization;
    const handler = cache.get(id) ?? sessionOf(id, options);
    if (!cache.has(id) && cache.size >= CACHED) cache.delete(cache.keys().next().value ?? '');
    cache.set(id, handler);
    // express-session sets a Secure cookie on a secure request only; not every proxy in front says that it was one.
    if (options.secure) Object.defineProperty(req, 'secure', { value: true });
    handler(req, res, next);
  };
}

/** `__Host-` needs https; the organization's id keeps cookies of two organizations apart. */
export const sessionCookieName = (id: OrganizationId, secure: boolean): string =>
  `${secure ? '__Host-' : ''}drawbridge-${id}`;

const SESSION_COOKIE = /^(__Host-)?drawbridge-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Ids of the organizations that this browser has a session cookie of. */
export const organizationsOf = (cookies: Readonly<Record<string, unknown>>, secure: boolean): OrganizationId[] =>
  Object.keys(cookies).flatMap((name) => {
    const [, prefix, id] = SESSION_COOKIE.exec(name) ?? [];
    return id && Boolean(prefix) === secure ? [id] : [];
  });

function sessionOf(
  id: OrganizationId,
  options: { store: Store; secrets: readonly string[]; secure: boolean },
): RequestHandler {
  return session({
    name: sessionCookieName(id, options.secure),
    secret: [...options.secrets],
    store: new OrganizationStore(options.store, id, sessionCookieName(id, options.secure)),
    genid: () => randomBytes(32).toString('base64url'),
    resave: false,
    saveUninitialized: false,
    // 'auto' would ask the connection; behind a proxy the base URL knows better.
    cookie: { secure: options.secure, httpOnly: true, sameSite: 'lax', path: '/' },
  });
}

/** The shared store seen from one organization: every key carries its id. */
class OrganizationStore extends Store {
  /** What each session was written as last. */
  private readonly written = new WeakMap<SessionData, string>();

  constructor(
    private readonly shared: Store,
    private readonly organizationId: OrganizationId,
    private readonly cookieName: string,
  ) {
    super();
  }

  override get(sid: string, callback: (error: unknown, data?: SessionData | null) => void): void {
    this.shared.get(this.key(sid), callback);
  }
  override set(sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
    const text = JSON.stringify(data);
    // Passport saves a session that begins, and express-session saves it once more as the answer ends.
    if (this.written.get(data) === text) return callback?.();
    this.shared.set(this.key(sid), data, (error?: unknown) => {
      if (!error) this.written.set(data, text);
      callback?.(error);
    });
  }
  override destroy(sid: string, callback?: (error?: unknown) => void): void {
    this.shared.destroy(this.key(sid), callback);
  }

  /** Without a cookie there is nothing of the browser's to destroy: a new id is enough. */
  override regenerate(req: Request, callback: (error?: unknown) => unknown): void {
    if (req.headers.cookie?.includes(this.cookieName)) return super.regenerate(req, callback);
    (this as unknown as { generate(req: Request): void }).generate(req);
    callback();
  }

  private key(sid: string): string {
    return `${this.organizationId}:${sid}`;
  }
}

/** Ends the browser's session object; the row in Postgres is ended by who calls. */
export const destroySession = (req: Request): Promise<void> =>
  new Promise((resolve, reject) =>
    req.session.destroy((error: unknown) => (error ? reject(error as Error) : resolve())),
  );
