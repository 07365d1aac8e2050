import { verify, type KeyObject } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { checkInTurn } from '../checks';
import { QUERY_DOCUMENT_RULES, QUERY_RULES } from '../checks/logout';
import { decodeBase64, MAX_BYTES, readXml, type Looks } from '../guard';
import { QUERY_SIGNING } from '../names';
import { survey } from '../survey';
import { parseXml } from '../xml';
import type { LogoutKind, Opened } from './message';

const KNOWN = ['SAMLRequest', 'SAMLResponse', 'SAMLEncoding', 'RelayState', 'SigAlg', 'Signature'];

/** The binding's parameters as they stand in the query: what is signed is how they were encoded. */
function parametersOf(query: string): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    if (KNOWN.includes(name)) parameters.set(name, [...(parameters.get(name) ?? []), at < 0 ? '' : pair.slice(at + 1)]);
  }
  return parameters;
}

/**
 * Opens a message of the HTTP-Redirect binding (Bindings 3.4.4). Its signature is verified over the query as it was
 * sent, before anything is inflated or parsed: what a stranger sends is no more than text.
 * @param query without `?`, never decoded
 */
export function openRedirect(looks: Looks, query: string, keys: readonly KeyObject[]): Opened | undefined {
  const parameters = parametersOf(query);
  const shape = checkInTurn(QUERY_RULES, { parameters });
  looks.checks.push(...shape);
  if (!shape.every(({ ok }) => ok)) return undefined;

  const raw = (name: string): string | undefined => parameters.get(name)?.[0];
  const kind: LogoutKind = raw('SAMLRequest') === undefined ? 'response' : 'request';
  const message = kind === 'request' ? 'SAMLRequest' : 'SAMLResponse';
  const value = (name: string): string => decodeURIComponent(raw(name) ?? '');
  // Bindings 3.4.4.1: this order, whatever the query's.
  const signed = [message, 'RelayState', 'SigAlg']
    .filter((name) => raw(name) !== undefined)
    .map((name) => `${name}=${raw(name)}`)
    .join('&');
  const verifies = isSignedBy(keys, signed, value('SigAlg'), value('Signature'));
  if (!looks.passes('signature', verifies, 'a signature by a pinned certificate', 'none that matches'))
    return undefined;

  const root = readRoot(looks, value(message), kind);
  const relayState = raw('RelayState')?.replaceAll('+', ' ');
  return root && { kind, root, ...(relayState !== undefined && { relayState: decodeURIComponent(relayState) }) };
}

function isSignedBy(keys: readonly KeyObject[], text: string, algorithm: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  const digest = QUERY_SIGNING.get(algorithm);
  return keys.some((key) => verify(digest, Buffer.from(text), key, bytes));
}

function readRoot(looks: Looks, encoded: string, kind: LogoutKind): Opened['root'] | undefined {
  const bytes = decodeBase64(looks, encoded);
  const inflated = bytes && inflate(looks, bytes);
  const xml = inflated && readXml(looks, inflated);
  const root = xml === undefined ? undefined : parseXml(xml);
  if (xml !== undefined)
    looks.passes('well_formed', Boolean(root), 'well-formed XML with namespaces', 'something else');
  if (!root) return undefined;
  const document = checkInTurn(QUERY_DOCUMENT_RULES, { survey: survey(root), kind });
  looks.checks.push(...document);
  return document.every(({ ok }) => ok) ? root : undefined;
}

/** A few bytes may inflate to gigabytes: no more is unpacked than a message may have. */
function inflate(looks: Looks, bytes: Buffer): Buffer | undefined {
  let inflated: Buffer | undefined;
  try {
    inflated = inflateRawSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch {
    // Not deflated, cut off, or too large.
  }
  const ok = looks.passes('inflate', Boolean(inflated), `DEFLATE of at most ${MAX_BYTES} bytes`, 'something else');
  return ok ? inflated : undefined;
}
