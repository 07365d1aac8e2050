import type { JWK } from 'oidc-provider';
import { createAdapter } from './adapter';
import { clientSettings } from './client-settings';
import type { BridgeDeps } from './deps';
import type { Library, Provider } from './load-library';
import { createProviders } from './providers';

/** Tells applications, from whatever process. */
export interface Notifier {
  /** Sends a logout token. Yields why it was not confirmed; undefined: it was. */
  signOut(clientId: string, accountId: string, sid: string): Promise<string | undefined>;
}

type NotifierDeps = Pick<BridgeDeps, 'db' | 'box' | 'baseUrl' | 'fetch' | 'loadLibrary' | 'now'>;

/** Logout tokens are made and sent by the library, with the keys and clients of the bridge. */
export function createNotifier(deps: NotifierDeps): Notifier {
  const providers = createProviders(deps, (library, keys) => build(deps, library, keys));
  return {
    async signOut(clientId, accountId, sid) {
      const client = await (await providers.current()).Client.find(clientId);
      if (!client?.backchannelLogoutUri) return undefined;
      // The types leave out what the library offers.
      const { backchannelLogout } = client as unknown as { backchannelLogout(sub: string, sid: string): Promise<void> };
      return backchannelLogout.call(client, accountId, sid).then(() => undefined, problemOf);
    },
  };
}

function build(deps: NotifierDeps, library: Library, keys: readonly JWK[]): Provider {
  return new library.Provider(`${deps.baseUrl}/oidc`, {
    ...clientSettings(deps),
    adapter: createAdapter({ ...deps, library }),
    jwks: { keys: [...keys] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
  });
}

/** Without the address, which belongs in no log. */
function problemOf(error: unknown): string {
  const status = (error as { response?: { status?: number } }).response?.status;
  if (status) return `answered with status ${status}`;
  return (error as { code?: string }).code === 'address_refused' ? 'its address may not be called' : 'no answer';
}
