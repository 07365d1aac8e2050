import type { JWK } from 'oidc-provider';
import type { BridgeDeps } from './deps';
import type { Library, Provider } from './load-library';
import { readSigningKeys } from './signing-keys';

/** Keys change by days; every process looks so often. */
const LOOK_MS = 60_000;

interface Built {
  provider: Provider;
  /** Ids of its keys, in their order. */
  keys: string;
}

/** The library's provider, built at first use and anew when the keys have changed. */
export function createProviders(
  deps: Pick<BridgeDeps, 'db' | 'box' | 'now' | 'loadLibrary'>,
  build: (library: Library, keys: readonly JWK[]) => Provider,
): { current(): Promise<Provider> } {
  let built: Promise<Built> | undefined;
  let lookAt = 0;

  async function look(before?: Built): Promise<Built> {
    const keys = await readSigningKeys(deps);
    const ids = keys.map(({ kid }) => kid).join();
    return before?.keys === ids ? before : { provider: build(await deps.loadLibrary(), keys), keys: ids };
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
