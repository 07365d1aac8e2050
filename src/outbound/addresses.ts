import { BlockList, isIP, isIPv4 } from 'node:net';

type Range = readonly [network: string, prefix: number];

/** IANA IPv4 Special-Purpose Address Registry, and multicast. */
const RESERVED_IPV4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/**
 * Only global unicast can be public. What carries an IPv4 address inside is thereby out: mapped (::ffff:0:0/96), compatible (::/96)
 * and NAT64 (64:ff9b::/96) lie outside this range, Teredo (2001::/32) and 6to4 (2002::/16) among the reserved ones.
 */
const GLOBAL_UNICAST_IPV6: readonly Range[] = [['2000::', 3]];
const RESERVED_IPV6: readonly Range[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

// One list per family: a BlockList with rules of both also matches IPv4-mapped addresses across families.
function rangeList(family: 'ipv4' | 'ipv6', ranges: readonly Range[]): (address: string) => boolean {
  const list = new BlockList();
  ranges.forEach(([network, prefix]) => list.addSubnet(network, prefix, family));
  return (address) => list.check(address, family);
}

const isReservedIpv4 = rangeList('ipv4', RESERVED_IPV4);
const isGlobalUnicastIpv6 = rangeList('ipv6', GLOBAL_UNICAST_IPV6);
const isReservedIpv6 = rangeList('ipv6', RESERVED_IPV6);

/** True for an IP address that belongs to the public internet; false for any other text. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  return isIPv4(address) ? !isReservedIpv4(address) : isGlobalUnicastIpv6(address) && !isReservedIpv6(address);
}

/** What `OUTBOUND_ALLOW` names, although it is private and also by http. */
export interface AllowList {
  /** False: no resolution of this host could be allowed, so http can be refused without asking DNS. */
  mayAllow(host: string, port: number): boolean;
  /** @param host as `URL.hostname` has it; @param address one of the addresses it resolves to */
  allows(host: string, port: number, address: string): boolean;
}

/** Reads the entries of `Config.outboundAllow`: `host:port`, `[address]:port` or CIDR, already validated. */
export function readAllowList(entries: readonly string[]): AllowList {
  const hosts = new Set(entries.filter((entry) => !entry.includes('/')).map(hostAndPort));
  const ranges = entries.filter((entry) => entry.includes('/')).map(readRange);
  const inRangeIpv4 = rangeList(
    'ipv4',
    ranges.filter(([network]) => isIPv4(network)),
  );
  const inRangeIpv6 = rangeList(
    'ipv6',
    ranges.filter(([network]) => !isIPv4(network)),
  );
  const inRange = (address: string) => (isIPv4(address) ? inRangeIpv4(address) : inRangeIpv6(address));
  const namesAddresses = ranges.length > 0 || [...hosts].some((host) => isIP(unbracketed(hostOf(host))) !== 0);

  return {
    mayAllow: (host, port) => namesAddresses || hosts.has(`${host}:${port}`),
    allows: (host, port, address) =>
      hosts.has(`${host}:${port}`) || hosts.has(`${bracketed(address)}:${port}`) || inRange(address),
  };
}

/** An IPv6 host without the brackets of its URL form. */
export const unbracketed = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);
const hostOf = (hostPort: string): string => hostPort.slice(0, hostPort.lastIndexOf(':'));

/** The host in the form `URL.hostname` gives it: lower case, addresses in canonical form. */
function hostAndPort(entry: string): string {
  const port = Number(entry.slice(entry.lastIndexOf(':') + 1));
  return `${new URL(`http://${hostOf(entry)}`).hostname}:${port}`;
}

function readRange(entry: string): Range {
  const [network = '', prefix = ''] = entry.split('/');
  return [network, Number(prefix)];
}
