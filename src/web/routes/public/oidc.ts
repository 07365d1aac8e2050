import { Router, text, type Request, type Response } from 'express';
import { pendingHere } from '../../application-forms';
import { cookiesOf } from '../../browser';
import type { WebDeps } from '../../deps';
import type { Entrance } from '../../entrance';
import { wayOf } from '../../way-of';

const FORM_LIMIT = '20kb';

/** `/oidc`: the provider answers; what browsers come with is first brought into its organization. */
export function oidcRoutes(deps: WebDeps, enter: Entrance): Router {
  const { bridge } = deps;
  const router = Router();

  const answerBrowser = async (req: Request, res: Response): Promise<void> => {
    const slug = await bridge.organizationAsked({ query: req.query, cookies: cookiesOf(req) });
    await bridge.answer(req, res, await enter(req, res, slug));
  };
  router.get(['/auth', '/session/end'], answerBrowser);
  router.post('/session/end/confirm', answerBrowser);
  router.post(['/auth', '/session/end'], text({ type: 'application/x-www-form-urlencoded', limit: FORM_LIMIT }), asGet);

  router.get('/auth/:uid', async (req, res) => {
    const { uid } = req.params;
    const visitor = await enter(req, res, (await bridge.pending(uid))?.organization);
    const standing = await bridge.standing(uid, visitor);
    if (standing !== 'ready') return res.redirect(303, await wayOf(deps, uid, standing, visitor));
    if (visitor) await bridge.settle(uid, visitor);
    await bridge.answer(req, res, visitor);
  });

  // Below the path that the browser's cookie for this request is bound to.
  router.post('/auth/:uid/decline', async (req, res) => {
    const { uid, resumePath } = await pendingHere(deps, req, res);
    await bridge.decline(uid);
    res.redirect(303, resumePath);
  });

  router.use((req, res) => bridge.answer(req, res));
  return router;
}

/** OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2: posting is as good. A form from another site brings no cookies; the GET does. */
function asGet(req: Request, res: Response): void {
  const form = typeof req.body === 'string' ? req.body : '';
  res.redirect(303, `${req.baseUrl}${req.path}?${form}`);
}
