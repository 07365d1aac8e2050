import { getJwksCache, setJwksCache, type Configuration, type ExportedJWKSCache } from 'openid-client';

/** The provider's public keys as last fetched. */
export interface KeyMemory {
  fetched?: { jwks: ExportedJWKSCache['jwks']; at: Date };
}

const MAX_AGE_MS = 60_000;
/** A larger key set is fetched each time rather than kept. */
const MAX_KEPT_CHARACTERS = 100_000;

/**
 * The library keeps keys for five minutes and asks again for an unknown key id only when they are a minute old. Here they are kept
 * for a minute and handed over as being a minute old: a new key id is looked up at once, a key exchanged under the same id within a minute.
 */
export function lendKeys(config: Configuration, memory: KeyMemory, now: Date): void {
  const { fetched } = memory;
  if (fetched && now.getTime() - fetched.at.getTime() < MAX_AGE_MS)
    setJwksCache(config, { jwks: fetched.jwks, uat: libraryClock() - MAX_AGE_MS / 1000 });
}

/** Takes back what the library fetched meanwhile. */
export function keepKeys(config: Configuration, memory: KeyMemory, now: Date): void {
  const cache = getJwksCache(config);
  if (!cache) delete memory.fetched;
  else if (libraryClock() - cache.uat < MAX_AGE_MS / 1000 && JSON.stringify(cache.jwks).length <= MAX_KEPT_CHARACTERS)
    memory.fetched = { jwks: cache.jwks, at: now };
}

/** After a signature that did not verify: the provider may have exchanged a key under the same id. */
export function forgetKeys(memory: KeyMemory): void {
  delete memory.fetched;
}

/** The age of a key set is measured by the library, and it uses the system's clock. */
const libraryClock = (): number => Math.floor(Date.now() / 1000);
