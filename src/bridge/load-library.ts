import type * as OidcProvider from 'oidc-provider';
import type { Logger } from 'pino';

export type Library = typeof OidcProvider;
export type Provider = OidcProvider.Provider;

let loading: Promise<Library> | undefined;

/**
 * Loads oidc-provider, with what it writes to the console while loading sent to the log instead: it works on Node 20
 * but warns there of an unsupported runtime, and offers no switch for it.
 */
export const loadLibrary = (log: Logger): Promise<Library> => (loading ??= load(log));

async function load(log: Logger): Promise<Library> {
  const { console } = globalThis;
  const { warn } = console;
  console.warn = (...words: unknown[]) => log.debug({ library: 'oidc-provider' }, words.join(' '));
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
