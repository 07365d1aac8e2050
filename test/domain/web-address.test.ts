import { normalizeDomain } from '../../src/domain/email-address';
import { parseAddress } from '../../src/domain/web-address';

// Node 20 and 22 take another way through `URL.canParse` once it is hot, and there a host outside ASCII is none.
test('reads a host outside ASCII also after many others', () => {
  for (let asked = 0; asked < 20_000; asked += 1) normalizeDomain(`company-${asked}.example`);
  expect(normalizeDomain('b\u00fccher.example')).toBe('xn--bcher-kva.example');
  expect(parseAddress('https://b\u00fccher.example/')?.hostname).toBe('xn--bcher-kva.example');
});

test.each(['', 'no address', 'https://', 'https://a b/', 'https://[::g]/'])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('reads a path against its base', () => {
  expect(parseAddress('/a?b', 'https://host.example')?.href).toBe('https://host.example/a?b');
});
