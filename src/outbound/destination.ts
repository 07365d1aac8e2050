import { isIP } from 'node:net';
import { parseAddress } from '../domain/web-address';
import { isPublicAddress, unbracketed, type AllowList } from './addresses';
import { failure, type OutboundFailure } from './failure';

export interface ResolvedAddress {
  address: string;
  family: number;
}

/** Every address of a host name. Rejects when there is none. */
export type Lookup = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** An address that may be reached, with what it resolved to when it was checked. */
export interface Destination {
  ok: true;
  url: URL;
  addresses: readonly ResolvedAddress[];
}

/**
 * Decides whether an address that somebody typed may be reached (security 22). Connect to the yielded addresses and to no others:
 * a second resolution could answer differently (DNS rebinding).
 */
export async function resolveDestination(
  typed: string,
  allow: AllowList,
  lookup: Lookup,
): Promise<Destination | OutboundFailure> {
  // The parser also brings 2130706433, 0x7f.1 and 0177.0.0.1 into the one form that is checked below.
  const url = parseAddress(typed);
  if (!url) return failure('address_refused', 'This is not a web address.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return failure('not_https');
  if (url.username || url.password)
    return failure('address_refused', 'The address must not contain a user name or password.');

  const { hostname } = url;
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (url.protocol === 'http:' && !allow.mayAllow(hostname, port)) return failure('not_https');

  const addresses = await addressesOf(unbracketed(hostname), lookup);
  if (!addresses.length) return failure('unreachable', 'The host name of the address is not known.');
  const isAllowed = ({ address }: ResolvedAddress) => allow.allows(hostname, port, address);
  if (url.protocol === 'http:' && !addresses.every(isAllowed)) return failure('not_https');
  if (!addresses.every((one) => isAllowed(one) || isPublicAddress(one.address))) return failure('address_refused');
  return { ok: true, url, addresses };
}

async function addressesOf(host: string, lookup: Lookup): Promise<readonly ResolvedAddress[]> {
  const family = isIP(host);
  if (family) return [{ address: host, family }];
  try {
    return await lookup(host);
  } catch {
    return [];
  }
}
