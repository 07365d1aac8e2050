import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { AppError, fileTooLarge } from '../domain/errors';

/** A file that somebody sent; in a log or a fingerprint it is its digest. */
export class UploadedFile {
  constructor(
    readonly name: string,
    readonly content: Buffer,
  ) {}

  toJSON(): { name: string; sha256: string } {
    return { name: this.name, sha256: createHash('sha256').update(this.content).digest('hex') };
  }
}

/** A form with one file and a few short fields. */
export interface UploadLimits {
  /** Name of the file's field. */
  field: string;
  maxBytes: number;
}

const FIELDS = { fields: 10, fieldSize: 50_000, fieldNameSize: 100, fieldNestingDepth: 1, fieldArrayIndexLimit: 10 };

/**
 * Reads a `multipart/form-data` body (RFC 7578) into memory: the fields into `req.body`. Called for whoever may upload
 * here, never before that is known. Any other body is left alone.
 * @returns the file; undefined when the form came without one, or was none
 * @throws AppError file_too_large; invalid_form beyond another limit; invalid_request for a body that breaks off
 */
export async function readUpload(
  req: Request,
  res: Response,
  { field, maxBytes }: UploadLimits,
): Promise<UploadedFile | undefined> {
  const limits = { ...FIELDS, fileSize: maxBytes, files: 1, parts: FIELDS.fields + 1, headerPairs: 20 };
  const read = multer({ storage: multer.memoryStorage(), limits, defParamCharset: 'utf8' }).single(field);
  await new Promise<void>((resolve, reject) => {
    read(req, res, (error?: unknown) => (error ? reject(refusalOf(error, field, maxBytes)) : resolve()));
  });
  return req.file && new UploadedFile(req.file.originalname, req.file.buffer);
}

function refusalOf(error: unknown, field: string, maxBytes: number): AppError {
  if (!(error instanceof MulterError)) return new AppError('invalid_request', { cause: error });
  if (error.code === 'LIMIT_FILE_SIZE') return fileTooLarge(field, maxBytes);
  return new AppError('invalid_form', { detail: 'The form holds more than is taken here.', cause: error });
}
