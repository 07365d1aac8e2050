import type { KoaContextWithOIDC } from 'oidc-provider';
import { touchApplication } from '../storage/applications';
import { ownOf, teachClients } from './client';
import { configurationOf } from './configuration';
import type { BridgeDeps } from './deps';
import { standingOf } from './interaction';
import type { Library, Provider } from './load-library';
import { useOurSessions } from './provider-session';
import { rememberedChoice } from './remembered-choice';
import { readSigningKeys } from './signing-keys';
import { visitorOf } from './visitor';

/** Keys change by days; every process looks so often. */
const LOOK_MS = 60_000;

interface Built {
  provider: Provider;
  /** Ids of its keys, in their order. */
  keys: string;
}

/** The library's provider, built at first use and anew when the keys have changed. */
export function createProviders(deps: BridgeDeps): { current(): Promise<Provider> } {
  let built: Promise<Built> | undefined;
  let lookAt = 0;

  async function look(before?: Built): Promise<Built> {
    const keys = await readSigningKeys(deps);
    const ids = keys.map(({ kid }) => kid).join();
    return before?.keys === ids ? before : { provider: build(deps, await deps.loadLibrary(), keys), keys: ids };
  }

  return {
    async current() {
      if (!built || Date.now() >= lookAt) {
        lookAt = Date.now() + LOOK_MS;
        const before = built;
        built = before ? before.then(look, () => look()) : look();
        built.catch(() => (lookAt = 0));
      }
      return (await built).provider;
    },
  };
}

function build(deps: BridgeDeps, library: Library, keys: Awaited<ReturnType<typeof readSigningKeys>>): Provider {
  const url = (ctx: KoaContextWithOIDC, interaction: Parameters<typeof standingOf>[0]) =>
    deps.wayOf(interaction.uid, standingOf(interaction, visitorOf(ctx.req)), visitorOf(ctx.req));
  const provider = new library.Provider(`${deps.baseUrl}/oidc`, configurationOf(deps, { library, keys, url }));
  speakFrom(provider, deps.baseUrl);
  teachClients(provider);
  useOurSessions(provider, deps);
  provider.on('authorization.success', (ctx) => remember(deps, ctx));
  provider.on('grant.success', (ctx) => noteUse(deps, ctx));
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

function noteUse({ db, now, log }: BridgeDeps, { oidc: { client } }: KoaContextWithOIDC): void {
  if (!client) return;
  touchApplication(db.manager, ownOf(client).application, null, now()).catch((error: unknown) =>
    log.warn({ err: error }, 'the use of an application was not noted'),
  );
}
