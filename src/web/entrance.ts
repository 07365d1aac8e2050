import type { Request, RequestHandler, Response } from 'express';
import type { Visitor } from '../bridge/visitor';
import { slugProblem } from '../domain/organization';
import { findOrganizationBySlug } from '../storage/organizations';
import type { Database } from '../storage/rows';
import type { LiveSession } from '../storage/sessions';
import type { SignInPassport } from './strategy';

/** Brings a request into an organization that its path does not name. Undefined: there is none of that slug. */
export type Entrance = (req: Request, res: Response, slug: string | undefined) => Promise<Visitor | undefined>;

/** As below `/{org}`: the organization's own session, and who is signed in by it. */
export function createEntrance(db: Database, sessions: RequestHandler, passport: SignInPassport): Entrance {
  const signedIn = passport.session() as RequestHandler;
  return async (req, res, slug) => {
    if (slug === undefined || slugProblem(slug)) return undefined;
    const found = await findOrganizationBySlug(db.manager, slug);
    if (!found) return undefined;
    req.place = { found };
    await pass(sessions, req, res);
    await pass(signedIn, req, res);
    const { id, slug: organization } = found.organization;
    const person = req.user && { accountId: req.user.accountId, session: req.user.session as LiveSession };
    return { organizationId: id, organization, ...(person && { person }) };
  };
}

const pass = (handler: RequestHandler, req: Request, res: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    void handler(req, res, (error?: unknown) => (error ? reject(error as Error) : resolve()));
  });
