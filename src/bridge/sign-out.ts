import type { KoaContextWithOIDC } from 'oidc-provider';
import type { BridgeDeps } from './deps';
import { visitorOf } from './visitor';

/**
 * RP-initiated sign-out (OpenID Connect RP-Initiated Logout 1.0, 2): at once where the application shows whom it means,
 * else after a page has asked. Its form holds what the library looks for when it comes back.
 */
export async function signOut({ pages }: BridgeDeps, ctx: KoaContextWithOIDC): Promise<void> {
  const { session, client, params } = ctx.oidc;
  const leadsTo = params?.post_logout_redirect_uri as string | undefined;
  if (isMeant(ctx)) {
    await session?.destroy();
    ctx.status = 303;
    return ctx.redirect(leadsTo ? withState(leadsTo, params?.state) : ctx.oidc.urlFor('end_session_success'));
  }
  const { secret } = session?.state as { secret: string };
  const organization = visitorOf(ctx.req)?.organization;
  ctx.type = 'html';
  ctx.body = pages.signOut(ctx.req, ctx.res, {
    action: `${ctx.oidc.urlFor('end_session_confirm')}${organization ? `?organization=${organization}` : ''}`,
    hidden: { xsrf: secret, logout: 'yes' },
    ...(client?.clientName && { application: client.clientName }),
    ...(leadsTo && { leadsTo }),
  });
}

/** The ID token shown, which the library has verified, is about who is signed in here. */
const isMeant = ({ oidc: { entities, session } }: KoaContextWithOIDC): boolean =>
  session?.accountId !== undefined && entities.IdTokenHint?.payload.sub === session.accountId;

function withState(uri: string, state: unknown): string {
  const url = new URL(uri);
  if (typeof state === 'string') url.searchParams.set('state', state);
  return url.href;
}
