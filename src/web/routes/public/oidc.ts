import { Router, text, type Request, type Response } from 'express';
import { pendingHere } from '../../application-forms';
import { cookiesOf } from '../../browser';
import type { WebDeps } from '../../deps';
import type { Entrance } from '../../entrance';
import { knownOrganizations, type KnownOrganizations } from '../../known-organizations';
import { show } from '../../show';
import { wayOf } from '../../way-of';

const FORM_LIMIT = '20kb';

/** `/oidc`: the provider answers; what browsers come with is first brought into its organization. */
export function oidcRoutes(deps: WebDeps, enter: Entrance): Router {
  const { bridge } = deps;
  const router = Router();

  const slugAsked = (req: Request) => bridge.organizationAsked({ query: req.query, cookies: cookiesOf(req) });
  const answerIn = async (slug: string | undefined, req: Request, res: Response): Promise<void> =>
    bridge.answer(req, res, await enter(req, res, slug));
  const answerBrowser = async (req: Request, res: Response) => answerIn(await slugAsked(req), req, res);
  router.get('/auth', answerBrowser);
  router.get('/session/end', async (req, res) => {
    const slug = await slugAsked(req);
    const known = slug === undefined ? await knownOrganizations(deps, req) : [];
    if (known.length) askWhere(deps, req, res, known);
    else await answerIn(slug, req, res);
  });
  router.post('/session/end/confirm', answerBrowser);
  router.post(['/auth', '/session/end'], text({ type: 'application/x-www-form-urlencoded', limit: FORM_LIMIT }), asGet);

  router.get('/auth/:uid', async (req, res) => {
    const pending = await bridge.pending(req.params.uid);
    const visitor = await enter(req, res, pending?.organization);
    // The provider itself says what is wrong with a request that is over.
    if (pending && pending.standing(visitor) !== 'ready') return res.redirect(303, await wayOf(deps, pending, visitor));
    if (visitor) pending?.settle(req, visitor);
    await bridge.answer(req, res, visitor);
  });

  // Below the path that the browser's cookie for this request is bound to.
  router.post('/auth/:uid/decline', async (req, res) => {
    const pending = await pendingHere(deps, req, res);
    await pending.decline();
    res.redirect(303, pending.resumePath);
  });

  router.use((req, res) => bridge.answer(req, res));
  return router;
}

/** A sign-out that names no organization is about the only one where this browser has been signed in; of several, the person says which. */
function askWhere(deps: WebDeps, req: Request, res: Response, organizations: KnownOrganizations): void {
  const known = organizations.map(({ name, slug }) => ({ name, url: signOutOf(req, slug) }));
  const [only, another] = known;
  if (only && !another) return res.redirect(303, only.url);
  show(deps, req, res, 'choose-sign-out', { known });
}

/** The same sign-out, of one organization. */
function signOutOf({ originalUrl, baseUrl, path }: Request, organization: string): string {
  const query = new URLSearchParams(originalUrl.split('?')[1]);
  query.set('organization', organization);
  return `${baseUrl}${path}?${query}`;
}

/** OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2: posting is as good. A form from another site brings no cookies; the GET does. */
function asGet(req: Request, res: Response): void {
  const form = typeof req.body === 'string' ? req.body : '';
  res.redirect(303, `${req.baseUrl}${req.path}?${form}`);
}
