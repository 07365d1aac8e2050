import type { CustomFetch } from 'openid-client';
import { OutboundError, type OutboundCode } from '../../outbound/failure';

/** The provider gave no usable answer: down, slow, too large, refused, or not JSON. */
export class ProviderUnavailable extends Error {
  constructor(
    /** Address without query, which may hold secrets. */
    readonly endpoint: string,
    readonly reason: OutboundCode | 'not_json' | 'no_answer',
    options?: ErrorOptions,
  ) {
    super(`${endpoint}: ${reason}`, options);
    this.name = 'ProviderUnavailable';
  }
}

/** The outbound client bounds one call by 5 s; this bounds all calls of one sign-in step together. */
export const STEP_TIMEOUT_MS = 8000;

/**
 * `fetch` for the calls of one step: they share a deadline that begins now, and everything that is the network's or the
 * server's fault leaves as ProviderUnavailable, so that what the OpenID library then throws is about tokens and claims.
 */
export function providerFetch(fetch: typeof globalThis.fetch, timeoutMs = STEP_TIMEOUT_MS): CustomFetch {
  const deadline = AbortSignal.timeout(timeoutMs);

  return async (url, { signal, ...options }) => {
    try {
      const response = await fetch(url, {
        ...options,
        signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
      });
      if (response.status === 200 && !isJwt(response)) await assertJsonObject(response);
      return response;
    } catch (error) {
      throw new ProviderUnavailable(endpointOf(url), reasonOf(error, deadline), { cause: error });
    }
  };
}

const isJwt = (response: Response): boolean => /^application\/jwt\b/i.test(response.headers.get('content-type') ?? '');

class NotJson extends Error {}

async function assertJsonObject(response: Response): Promise<void> {
  const text = await response.clone().text();
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return;
  } catch {
    // told below, as every other text that is no JSON object
  }
  throw new NotJson();
}

const endpointOf = (url: string): string => url.split('?', 1)[0] ?? '';

function reasonOf(error: unknown, deadline: AbortSignal): ProviderUnavailable['reason'] {
  if (deadline.aborted) return 'timeout';
  if (error instanceof NotJson) return 'not_json';
  return error instanceof OutboundError ? error.code : 'no_answer';
}
