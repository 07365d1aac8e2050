import { crc32, deflateSync } from 'node:zlib';

/** A PNG of one colour. */
export function png(width: number, height: number, color: readonly [number, number, number] = [11, 93, 78]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const line = Buffer.from([0, ...Array.from({ length: width }, () => color).flat()]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** 24 by 16 pixels, as Chromium writes them. */
export const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAQABgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAIE/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AmgKZAAH/2Q==',
  'base64',
);
export const WEBP = Buffer.from(
  'UklGRjoAAABXRUJQVlA4IC4AAADQAgCdASoYABAAPxFysFAsJqSisAgBgCIJQBUehaSAAP7p5R7/Xqlrk4ykAAAA',
  'base64',
);

/** A word mark of 168 by 52 pixels, without a ground. */
export const WORD_MARK = Buffer.from(
  'UklGRogHAABXRUJQVlA4WAoAAAAwAAAApwAAMwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZBTFBIFgQAAAEkAUmKrIgILVW2bdWOdpiZOVFxpFDSyw8wKGaOZ1ANf5Dn8gENYfTNcG0zY/DhMbcOrKq7q9tFxATIgWzbtK35bL/3bdu2bdu2bSuybdu2bdu2/wr2POucpzwiJkDObW3HHiu/YxuVWdpWZTulbTut0aVSZaPO2LZt23MXz/ViEBETQP/Co11L7n3r/Pz1vnvJFc2WgpmdayF9vT2dx5H0ux6h8Wojgxvxi+dC89+FBFaUvhYGX5Ywov6PMPqtjg2DfmHY08OEIQE4xIJaL4K3jgH5XwXk13zHS3gsQB9FO92CgF1wuKzfOL+SnO2OAN5wtKxrpKtsJxsS0ENOto21rZJYbdSKg1eefP7z9NT6SeXtuJUavvPGx19PL2wZW8jFKC00BEmHHn37+fzIuCRh7S6fW6hUYJg1eeDut5urA+m6MhI8WJ4IhX3RX6+rcR/+UrTZdY2/CP1UGDDZZXzEVYbR5AeWvhUr1S7Am42IjLCKd1z0uhaizBl4nqXvSjlfYfnz5mgDbcGQFGJ+lyUS1Ff3s9xqZHmHlU6jTbRNpTPjujevVq7N6A1/yG62RPi/s1Pnnfpl78eZJ8x8dvwTem4ANhmeaowv2QYcC47RjhXG08G6EvkfaGQRviAuAHg2uW5jN4BuVs1ERgcBRwmhDEc0iIi6wS09wUKzFOQ/GFLBmMlGwNLNT/XaFwA+snkiohCULkyDc5okat0WOEX4jfZbLaJ65wkr9h88ePAnaWE8Ive8rLjFCJi7mJ9AqEh4DnoJL4D2/0Gh5b/FZk8AgULnwaGiZBX5TPARqCEiC4YX9/BDMCdYaJbCotjvDyA16+dUWjKXXFPmgZSeFI7RjuVahEOZWTunwsgscgA9leGpznNhC21L7oPNx+G5/QA8UiRgk5wKUe1VZqfOS+EO2h2pYmFbEKbnf4UL2xQt9FEBqdiO1i7VZfMZtLAocIH8SBUd6CKYUiPRg+WJl+qx+ednuJxSDSByIZ5FrZRRaAB89JKhkXEI0DbWNkmX2chkFyBsi6hCXhN52zidT8IyA65I9ihk+0bgF1WGgmbQ4H1mNIQ1JBcRtJFbB2/8ER0q/yfKqERZgPnn/YN7Bz6yiHKCSMEsOVq1o6sfkX4EHaMRtSLZiBaQFkgx9J5im+dD0p+h4sfoQ5nvlTyVSPyM8yVBhajBE/J1givsILjTkd8W//YkiFpk1XD8p8T3I6NxmhI0hTNFGl3T1+rforAHnPXKX7/78KFNc/kgGuqHFza15Ic6apHs8BOUs3AdsWzGG4y36eT8lV6Eqwri4BBCK/Fw0GPK00tcrPlu5mMV8bHokYkn2cTJyNmfun7ORxIzU255dFytpRBDC6a3r+Wud2byiKvRriX3/uvzc2vfveSKpv/VVlA4IHwBAADwCgCdASqoADQAPtFgpEwoJiOiL1eZYQAaCUG3gLMv68psXjXD1AbYvzAecl6Kf+HvkHoAdLx/nQFp5wZ0WgpVrPkJYCh0oQTk+SB29+je8T1yK4v+kGvBcJqbbLXrcoAA/vdxHF2UaPFzDe8U8gSBm5bgM3LsGXbdkvOk62d88qPD4tBVmeE3JloUB+ch/fyj/Ce2qH4IKqJy67yxj4PARrh6cgUoh2WJRiNfP/EJy0osP066WOqchqB+fBn/GITx7kxUjA2yuM4alAmSplCxtKyp/W4kLsPEtS0jMjyPgXn+QC0Bs+9axvaEbSuNb4e7H2213ML/jy++vqTBqU/lkVkna1r10UVOV+aA/C/mUBeLG/ws7//jquiRC70knPIwc2Da88dZJAkSyCjFMIl2X0qC/L3880AnQVa8KU7KLt7O5dhAcrIBSRsSnQYTXK4XtHID9XEenIQWvVvVF8k8WP/cbYuwfUijJEfpr//HSmCEAM/IGgAApCAAAA==',
  'base64',
);
