import type { ConnectionContext } from '../connection';
import { createBoundedCache } from './bounded-cache';
import { discover, type Discovery } from './discover';
import type { KeyMemory } from './keys';
import type { ProviderMetadata } from './metadata';
import type { OidcSettings } from './settings';

/** What is known of one connection's provider. Two connections never share one, not even with the same issuer. */
export interface Provider {
  metadata: ProviderMetadata;
  keys: KeyMemory;
}

type ProviderLookup = { ok: true; provider: Provider } | Extract<Discovery, { ok: false }>;

export interface Providers {
  get(connection: ConnectionContext<OidcSettings>, now: Date): Promise<ProviderLookup>;
}

const MAX_ENTRIES = 1000;
const MAX_AGE_MS = 10 * 60 * 1000;

/** Discovers each connection's provider once in ten minutes; failures are not kept, calls at the same time share one request. */
export function createProviders(fetch: typeof globalThis.fetch): Providers {
  const cache = createBoundedCache<Promise<ProviderLookup>>({ maxEntries: MAX_ENTRIES, maxAgeMs: MAX_AGE_MS });

  return {
    get({ organizationId, id, version, settings }, now) {
      const key = `${organizationId}/${id}/${version}`;
      const known = cache.get(key, now);
      if (known) return known;
      const asked = find(settings.issuer, fetch);
      cache.set(key, asked, now);
      const forget = () => cache.delete(key);
      void asked.then((found) => found.ok || forget(), forget);
      return asked;
    },
  };
}

async function find(issuer: string, fetch: typeof globalThis.fetch): Promise<ProviderLookup> {
  const found = await discover(issuer, fetch);
  return found.ok ? { ok: true, provider: { metadata: found.metadata, keys: {} } } : found;
}
