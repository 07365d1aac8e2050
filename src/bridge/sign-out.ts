import type { KoaContextWithOIDC } from 'oidc-provider';
import type { BridgeDeps } from './deps';
import { isFound, type Middleware } from './not-found';
import { hasSignedOut, SIGN_OUT_ROUTES } from './provider-session';
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
    return goTo(ctx, applicationsOwn(ctx) ?? ctx.oidc.urlFor('end_session_success'));
  }
  const { secret } = session?.state as { secret: string };
  const organization = visitorOf(ctx.req)?.organization;
  ctx.type = 'html';
  ctx.body = await pages.signOut(ctx.req, ctx.res, {
    action: `${ctx.oidc.urlFor('end_session_confirm')}${organization ? `?organization=${organization}` : ''}`,
    hidden: { xsrf: secret, logout: 'yes' },
    ...(client?.clientName && { application: client.clientName }),
    ...(leadsTo && { leadsTo }),
  });
}

/** The ID token shown, which the library has verified, is about who is signed in here. */
const isMeant = ({ oidc: { entities, session } }: KoaContextWithOIDC): boolean =>
  session?.accountId !== undefined && entities.IdTokenHint?.payload.sub === session.accountId;

/** Where the application wants the browser in the end, which the library has verified. */
function applicationsOwn({ oidc }: KoaContextWithOIDC): string | undefined {
  const { post_logout_redirect_uri: uri, state } = oidc.params ?? {};
  if (typeof uri !== 'string') return undefined;
  return typeof state === 'string' ? `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}` : uri;
}

/**
 * After a sign-out the browser passes by the identity provider, which ends its session too. Where nobody is signed in,
 * nothing has to be asked: the library would, by a form that ends at the application.
 */
export const afterSignOut =
  ({ detour, pages }: Pick<BridgeDeps, 'detour' | 'pages'>): Middleware =>
  async (ctx, next) => {
    await next();
    if (!isFound(ctx)) return;
    const { route, session } = ctx.oidc;
    if (!SIGN_OUT_ROUTES.includes(route) || !session) return;
    if (route === 'end_session' && ctx.status === 200 && session.accountId === undefined) {
      const onward = applicationsOwn(ctx);
      return onward ? goTo(ctx, onward) : show(ctx, pages.nobodySignedIn(ctx.req, ctx.res));
    }
    const way = hasSignedOut(ctx) ? await detour(ctx.req, ctx.res, ctx.response.get('Location')) : undefined;
    if (way && 'address' in way) return goTo(ctx, way.address);
    if (way) show(ctx, way.page);
  };

function goTo(ctx: KoaContextWithOIDC, address: string): void {
  ctx.status = 303;
  ctx.redirect(address);
}

function show(ctx: KoaContextWithOIDC, page: string): void {
  ctx.remove('Location');
  ctx.status = 200;
  ctx.type = 'html';
  ctx.body = page;
}
