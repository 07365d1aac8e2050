import { imageSize } from 'image-size';
import { fileTooLarge, invalidForm } from '../domain/errors';

/** A picture whose bytes say what it is. */
export interface Image {
  contentType: string;
  width: number;
  height: number;
}

interface Format {
  contentType: string;
  /** The bytes end where the format says: nothing is missing, and nothing else is attached. */
  isWhole(bytes: Buffer): boolean;
}

const FORMATS: Readonly<Record<string, Format>> = {
  // PNG, 11.2.5: the image ends with an empty IEND chunk.
  png: { contentType: 'image/png', isWhole: (bytes) => endsWith(bytes, '0000000049454e44ae426082') },
  // ITU T.81, B.1.1.3: the end-of-image marker.
  jpg: { contentType: 'image/jpeg', isWhole: (bytes) => endsWith(bytes, 'ffd9') },
  // RFC 9649, 2.4: the size that the RIFF header tells, without that header's first 8 bytes.
  webp: { contentType: 'image/webp', isWhole: (bytes) => bytes.readUInt32LE(4) + 8 === bytes.length },
};

export interface ImageLimits {
  /** Name of the field, for the refusal. */
  field: string;
  maxBytes: number;
  /** Of each side, in pixels. */
  minSide: number;
  maxSide: number;
}

/**
 * What a PNG, JPEG or WebP is, by its bytes; what a name or a header calls it does not count. SVG can hold scripts and
 * is none of them.
 * @throws AppError file_too_large; invalid_form for anything that is not one whole image of a fitting size
 */
export function readImage(bytes: Buffer, { field, maxBytes, minSide, maxSide }: ImageLimits): Image {
  const refuse = (code: string, message: string) => invalidForm({ field, code, message });
  if (!bytes.length) throw refuse('required', 'An image is required.');
  if (bytes.length > maxBytes) throw fileTooLarge(field, maxBytes);
  const size = sizeOf(bytes);
  const format = FORMATS[size?.type ?? ''];
  if (!size || !format?.isWhole(bytes)) throw refuse('invalid_image', 'This is not a whole PNG, JPEG or WebP image.');
  const { width, height } = size;
  if (Math.min(width, height) < minSide || Math.max(width, height) > maxSide)
    throw refuse('image_dimensions', `Each side of the image has from ${minSide} to ${maxSide} pixels.`);
  return { contentType: format.contentType, width, height };
}

/** Undefined for what the library knows no size of. */
function sizeOf(bytes: Buffer) {
  try {
    return imageSize(bytes);
  } catch {
    return undefined;
  }
}

const endsWith = (bytes: Buffer, hex: string): boolean =>
  bytes.subarray(-hex.length / 2).equals(Buffer.from(hex, 'hex'));
