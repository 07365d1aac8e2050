import { encodeQR } from 'qr';

/** A QR code to be drawn as one path: its side in modules, the quiet zone with it, and the dark ones. */
export interface QrCode {
  side: number;
  path: string;
}

/** Four modules of quiet zone (ISO/IEC 18004, 9.1). */
const QUIET_ZONE = 4;

/** A text as a QR code. It is drawn in the page itself: what it holds may be a secret, and is fetched from nowhere. */
export function qrCodeOf(text: string): QrCode {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE });
  const runs = rows.flatMap((modules, y) =>
    [
      ...modules
        .map((dark) => (dark ? '#' : ' '))
        .join('')
        .matchAll(/#+/g),
    ].map(({ index, 0: { length } }) => `M${index} ${y}h${length}v1h-${length}z`),
  );
  return { side: rows.length, path: runs.join('') };
}
