import { decodeQR } from 'qr/decode.js';
import { totpUri } from '../../src/sign-in/second-factor/totp';
import { qrCodeOf, type QrCode } from '../../src/web/qr-code';

const SCALE = 6;

/** The path as a browser would fill it, for a camera. */
function photographOf({ side, path }: QrCode) {
  const size = side * SCALE;
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row++)
      for (let column = Number(x) * SCALE; column < (Number(x) + Number(length)) * SCALE; column++)
        data.fill(0, (row * size + column) * 4, (row * size + column) * 4 + 3);
  return { width: size, height: size, data };
}

test.each([
  ['Initech', 'peter@initech.example', 'Initech:peter%40initech.example'],
  [
    'Ørsted & Søn: Nord',
    'li.ming@例え.example',
    '%C3%98rsted%20%26%20S%C3%B8n%20%20Nord:li.ming%40%E4%BE%8B%E3%81%88.example',
  ],
])('what is drawn for %s is read as the key of an authenticator app', (issuer, account, label) => {
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const read = decodeQR(photographOf(qrCodeOf(totpUri(secret, { issuer, account }))));
  expect(read).toMatch(new RegExp(`^otpauth://totp/${label}\\?`));
  expect(new URL(read).searchParams.get('secret')).toBe(secret);
});
