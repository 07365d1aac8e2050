import { Router } from 'express';
import type { WebDeps } from '../../deps';
import { PART_SAMPLES } from '../../portal/part-samples';
import { frameOf } from '../../portal/frame';
import { contextOf } from '../../show';

/** `/dev/parts`, in the demo: every part of the pages in every state, in the theme and language of whoever looks. */
export function partsRoutes(web: WebDeps): Router {
  const router = Router();
  router.get('/', (req, res) => {
    const caller = { actor: { kind: 'system' }, organizationId: null, scopes: ['*'] } as const;
    const visitor = { caller, name: 'Dana Weber', email: 'dana.weber@acme.example', slug: 'acme' };
    const context = {
      ...contextOf(web, req, res),
      organization: { name: 'Acme', color: '#0b5d4e', signInUrl: '/acme?choose=1' },
      portal: { ...frameOf(req, 'organization', '/acme/admin', visitor, {}), notice: 'directory.notice.changed' },
    };
    res.type('html').send(web.pages.render('portal/parts', PART_SAMPLES, context));
  });
  return router;
}
