import { lookup as dnsLookup } from 'node:dns/promises';
import { parseAddress } from '../domain/web-address';
import { readAllowList } from './addresses';
import { resolveDestination, type Lookup } from './destination';
import { exchange, type Answer, type OutboundRequest } from './exchange';
import { failure, OutboundError, type OutboundCode, type OutboundFailure } from './failure';

export interface OutboundOptions {
  /** `Config.outboundAllow`: host:port or CIDR that may be reached although private, and by http. */
  allow: readonly string[];
  /** The system's resolver when absent. */
  lookup?: Lookup;
  /** For everything together, from the name's resolution to the last byte. */
  timeoutMs?: number;
  maxBytes?: number;
}

type TextAnswer = { ok: true; text: string; contentType: string } | OutboundFailure;

/** The one HTTP client for addresses that somebody typed (security 22). */
export interface Outbound {
  /**
   * As the global `fetch`, inside the limits. Redirects are answers, never followed; the body has arrived whole.
   * @throws OutboundError
   */
  fetch: typeof globalThis.fetch;
  /** GET. Only an answer of 200 to 299 is taken; the text is read as UTF-8. */
  getText(url: string, options?: { maxBytes?: number; accept?: string }): Promise<TextAnswer>;
  /** For saving an address: why it could not be used now, or undefined. Resolves the name, connects to nothing. */
  check(url: string): Promise<{ code: OutboundCode; message: string } | undefined>;
}

const TIMEOUT_MS = 5000;
const MAX_BYTES = 1_000_000;

/** @throws nothing: failures are values, except from `fetch`, which rejects as `fetch` does */
export function createOutbound(options: OutboundOptions): Outbound {
  const allow = readAllowList(options.allow);
  const lookup = options.lookup ?? ((hostname) => dnsLookup(hostname, { all: true }));
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const mostBytes = options.maxBytes ?? MAX_BYTES;

  const resolve = (url: string, deadline: AbortSignal) =>
    withinDeadline(resolveDestination(url, allow, lookup), deadline);

  async function send(url: string, wanted: Omit<OutboundRequest, 'signal'>, abort?: AbortSignal) {
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = abort ? AbortSignal.any([deadline, abort]) : deadline;
    try {
      const destination = await resolve(url, signal);
      if (!destination.ok) return destination;
      // Not every way a connection can end is told by an event (an unasked-for 101 is not): the deadline holds by itself.
      return await withinDeadline(exchange(destination, { ...wanted, signal }), signal);
    } catch (error) {
      return signal.aborted ? failure('timeout') : failure('unreachable', unreachable(error));
    }
  }

  return {
    fetch: (input, init) => fetchThrough(send, mostBytes, input, init),
    async getText(url, { maxBytes = mostBytes, accept = '*/*' } = {}) {
      const headers = withDefaults(new Headers({ accept }));
      return textOf(await send(url, { method: 'GET', headers, maxBytes: Math.min(maxBytes, mostBytes) }));
    },
    async check(url) {
      const destination = await resolve(url, AbortSignal.timeout(timeoutMs)).catch(() => failure('timeout'));
      return destination.ok ? undefined : { code: destination.code, message: destination.message };
    },
  };
}

type Send = (
  url: string,
  wanted: Omit<OutboundRequest, 'signal'>,
  abort?: AbortSignal,
) => Promise<Answer | OutboundFailure>;

async function fetchThrough(send: Send, maxBytes: number, ...[input, init]: Parameters<typeof globalThis.fetch>) {
  const address = input instanceof Request ? input.url : String(input);
  // Request refuses such addresses by itself, with an error of its own kind.
  if (hasCredentials(address)) throw new OutboundError(failure('address_refused'));
  const request = new Request(input, init);
  const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined;
  const headers = withDefaults(request.headers);
  const answer = await send(request.url, { method: request.method, headers, body, maxBytes }, request.signal);
  request.signal.throwIfAborted();
  if (!answer.ok) throw new OutboundError(answer);
  return responseOf(answer);
}

function hasCredentials(address: string): boolean {
  const url = parseAddress(address);
  return Boolean(url?.username || url?.password);
}

/** No compression is asked for: what is counted is what is kept. */
function withDefaults(headers: Headers): Record<string, string> {
  return { 'user-agent': 'drawbridge', ...Object.fromEntries(headers), 'accept-encoding': 'identity' };
}

const BODILESS_STATUS = [204, 205, 304];

function responseOf({ status, headers, body }: Answer): Response {
  if (status < 200 || status > 599) throw new OutboundError(failure('bad_status'));
  return new Response(BODILESS_STATUS.includes(status) ? null : body, { status, headers });
}

function textOf(answer: Answer | OutboundFailure): TextAnswer {
  if (!answer.ok) return answer;
  const { status, headers, body } = answer;
  if (status >= 300 && status < 400) return failure('redirected', undefined, status);
  if (status < 200 || status > 299) return failure('bad_status', `The address answered with status ${status}.`, status);
  return { ok: true, text: new TextDecoder().decode(body), contentType: headers.get('content-type') ?? '' };
}

/** What cannot be stopped, as the resolver, is no longer waited for. */
function withinDeadline<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(deadline.reason as Error);
    if (deadline.aborted) return stop();
    deadline.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener('abort', stop));
  });
}

/** The connection's error code helps an admin (`CERT_HAS_EXPIRED`, `ECONNREFUSED`); its message may hold addresses. */
function unreachable(error: unknown): string | undefined {
  const code = typeof error === 'object' && error && 'code' in error ? String(error.code) : undefined;
  return code && `No answer could be had from the address (${code}).`;
}
