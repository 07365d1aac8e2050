import type { Interaction, JWK, KoaContextWithOIDC } from 'oidc-provider';
import { ownOf, teachClients } from './client';
import { configurationOf } from './configuration';
import type { BridgeDeps } from './deps';
import type { Library, Provider } from './load-library';
import { notFound } from './not-found';
import { pendingOf } from './pending';
import { useOurSessions } from './provider-session';
import { rememberedChoice } from './remembered-choice';
import { letReplyThrough } from './reply-by-form';
import { useSettled } from './settled';
import { afterSignOut } from './sign-out';
import { useNotes } from './use-notes';
import { visitorOf } from './visitor';

/** The provider as the service answers with it. */
export function buildProvider(deps: BridgeDeps, library: Library, keys: readonly JWK[]): Provider {
  const url = (ctx: KoaContextWithOIDC, interaction: Interaction) =>
    deps.wayOf(pendingOf(provider, interaction), visitorOf(ctx.req));
  const provider: Provider = new library.Provider(
    `${deps.baseUrl}/oidc`,
    configurationOf(deps, { library, keys, url }),
  );
  speakFrom(provider, deps.baseUrl);
  const note = useNotes(deps);
  teachClients(provider, note.secret);
  useOurSessions(provider, deps);
  useSettled(provider, library);
  provider.use(notFound(deps));
  provider.use(afterSignOut(deps));
  provider.use(letReplyThrough(deps));
  provider.on('authorization.success', (ctx) => remember(deps, ctx));
  provider.on('grant.success', note.use);
  (provider as NodeJS.EventEmitter).on('error', (error: unknown) =>
    deps.log.warn({ err: error }, 'the OpenID provider failed'),
  );
  provider.on('server_error', (_ctx, error) => deps.log.warn({ err: error }, 'the OpenID provider failed'));
  return provider;
}

/** Addresses are those of the base URL, whatever the proxy in front makes of it. */
function speakFrom({ request }: Provider, baseUrl: string): void {
  const { origin, protocol, host } = new URL(baseUrl);
  const values = { origin, protocol: protocol.slice(0, -1), host };
  for (const [name, value] of Object.entries(values)) Object.defineProperty(request, name, { get: () => value });
}

/** Where this browser used the application last. */
function remember({ secure }: BridgeDeps, ctx: KoaContextWithOIDC): void {
  const organization = visitorOf(ctx.req)?.organization;
  if (!organization || !ctx.oidc.client) return;
  const { name, value, options } = rememberedChoice(ownOf(ctx.oidc.client).application, organization, secure);
  if (ctx.cookies.get(name) !== value) ctx.cookies.set(name, value, options);
}
