import { isIPv6 } from 'node:net';

/**
 * What counts as one place in the network: an IPv4 address, also when it comes mapped (RFC 4291, 2.5.5.2), or the /64
 * of an IPv6 address, which is what one subscriber has at the least. Any other text stands for itself.
 */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return bare;
  const groups = groupsOf(bare);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight 16-bit groups. The URL parser writes any spelling in one way (WHATWG URL, 3.5). */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [hexGroups(head), hexGroups(tail)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

const hexGroups = (text: string): readonly number[] =>
  text ? text.split(':').map((group) => parseInt(group, 16)) : [];
