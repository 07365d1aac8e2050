import type { KoaContextWithOIDC } from 'oidc-provider';
import type { BridgeDeps } from './deps';

export type Middleware = (ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void>;

/** What looks at an answer has nothing to look at where the library has no route: it makes no context there. */
export const isFound = (ctx: Partial<Pick<KoaContextWithOIDC, 'oidc'>>): boolean => ctx.oidc !== undefined;

/** Where the library has no route it answers with two words; the page is ours. */
export const notFound =
  ({ pages }: Pick<BridgeDeps, 'pages'>): Middleware =>
  async (ctx, next) => {
    await next();
    if (isFound(ctx)) return;
    ctx.status = 404;
    ctx.type = 'html';
    ctx.body = pages.refused(ctx.req, ctx.res, { code: 'not_found' });
  };
