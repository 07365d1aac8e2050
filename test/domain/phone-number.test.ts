import { normalizePhone } from '../../src/domain/phone-number';

test.each([
  ['+49 (0)30 / 123-456', '+4930123456'],
  ['(030) 123.456', '030123456'],
  ['+1–212–555‑0100', '+12125550100'],
  ['＋４９ ３０ １２３', '+4930123'],
  [' 112 ', '112'],
])('%j is %s', (text, number) => {
  expect(normalizePhone(text)).toBe(number);
});

test.each(['', '12', '030 x12', '+49 30 123 ext. 4', '++49 30', '1234567890123456', 'call me', '030;123', '+'])(
  '%j is no number',
  (text) => {
    expect(normalizePhone(text)).toBeUndefined();
  },
);
