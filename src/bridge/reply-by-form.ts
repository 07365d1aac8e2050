import type { KoaContextWithOIDC } from 'oidc-provider';
import type { BridgeDeps } from './deps';
import { isFound } from './not-found';

/**
 * A reply by form (OAuth 2.0 Form Post Response Mode) is a page of ours whose form ends at the application: its policy has
 * to let it through, to an address that the application registered.
 */
export const letReplyThrough =
  ({ pages }: Pick<BridgeDeps, 'pages'>) =>
  async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    if (!isFound(ctx)) return;
    const { params, client } = ctx.oidc;
    const { redirect_uri: uri, response_mode: mode } = params ?? {};
    if (mode !== 'form_post' || typeof uri !== 'string' || !client?.redirectUriAllowed(uri)) return;
    pages.allowFormTo(ctx.res, new URL(uri).origin);
  };
