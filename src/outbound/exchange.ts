import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Destination, ResolvedAddress } from './destination';
import { failure, type OutboundFailure } from './failure';

export interface OutboundRequest {
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array;
  /** Ends everything, from connecting to the last byte. */
  signal: AbortSignal;
  maxBytes: number;
}

export interface Answer {
  ok: true;
  status: number;
  headers: Headers;
  body: Uint8Array;
}

// Own agents: nothing is shared with the rest of the process, no connection outlives its check, no proxy is read from the environment.
const agents = { 'http:': new http.Agent(), 'https:': new https.Agent() };

/**
 * One request to a destination that was checked, and its whole answer up to `maxBytes`. Follows nothing.
 * @throws what the connection threw; the caller tells a timeout by its signal
 */
export async function exchange(destination: Destination, wanted: OutboundRequest): Promise<Answer | OutboundFailure> {
  const request = open(destination, wanted);
  // `once` listens no longer when the answer has begun; an abort after that is told by the body's own error.
  request.on('error', () => undefined);
  try {
    request.end(wanted.body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const body = await readBody(response, wanted.maxBytes);
    if (!body) return failure('too_large');
    return { ok: true, status: response.statusCode ?? 0, headers: headersOf(response), body };
  } finally {
    request.destroy();
  }
}

function open({ url, addresses }: Destination, { method, headers, signal }: OutboundRequest): http.ClientRequest {
  const options = { method, headers, signal, lookup: pinnedTo(addresses) };
  return url.protocol === 'https:'
    ? https.request(url, { ...options, agent: agents['https:'], rejectUnauthorized: true })
    : http.request(url, { ...options, agent: agents['http:'] });
}

const pinnedTo =
  (addresses: readonly ResolvedAddress[]): LookupFunction =>
  (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };

/** Undefined: larger than `maxBytes`, and the rest was not read. */
async function readBody(response: http.IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(response: http.IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headersDistinct))
    value?.forEach((one) => headers.append(name, one));
  return headers;
}
