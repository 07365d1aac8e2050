import type { KoaContextWithOIDC } from 'oidc-provider';
import type { BridgeDeps } from './deps';
import { visitorOf } from './visitor';

/** The page that asks whether to sign out; its form holds what the library looks for when it comes back. */
export function showSignOut({ pages }: BridgeDeps, ctx: KoaContextWithOIDC): void {
  const { session, client, params } = ctx.oidc;
  const { secret } = session?.state as { secret: string };
  const organization = visitorOf(ctx.req)?.organization;
  const leadsTo = params?.post_logout_redirect_uri as string | undefined;
  ctx.type = 'html';
  ctx.body = pages.signOut(ctx.req, ctx.res, {
    action: `${ctx.oidc.urlFor('end_session_confirm')}${organization ? `?organization=${organization}` : ''}`,
    hidden: { xsrf: secret, logout: 'yes' },
    ...(client?.clientName && { application: client.clientName }),
    ...(leadsTo && { leadsTo }),
  });
}
