import express, { type RequestHandler } from 'express';
import { AppError, fileTooLarge } from '../../../domain/errors';
import { readUpload } from '../../upload';
import type { FileBody, UploadBody } from './route';

const LIMIT = '1mb';
const WITH_BODY = ['POST', 'PUT', 'PATCH'];

const requireJson: RequestHandler = (req, _res, next) => {
  const isEmpty = req.get('content-length') === '0';
  if (req.body !== undefined) return next();
  if (WITH_BODY.includes(req.method) && !isEmpty && req.is('application/json') === false)
    throw new AppError('unsupported_media_type', { detail: 'The body must be application/json.' });
  next();
};

/** The body as it is, for the route of a file: what it is called does not count, its bytes are looked at later. */
export function readFileBody({ field, maxBytes }: FileBody): RequestHandler {
  const read = express.raw({ type: () => true, limit: maxBytes, inflate: false });
  return (req, res, next) =>
    read(req, res, (error?: unknown) => {
      if (isTooLarge(error)) return next(fileTooLarge(field, maxBytes));
      if (!Buffer.isBuffer(req.body)) req.body = Buffer.alloc(0);
      next(error);
    });
}

/** A form with a file, whose bytes come to stand in the body beside its fields; or JSON of the same size. */
export function readUploadBody({ field, maxBytes }: UploadBody): RequestHandler {
  const readJson = express.json({ limit: maxBytes, type: 'application/json' });
  return (req, res, next) => {
    if (!req.is('multipart/form-data')) return readJson(req, res, next);
    readUpload(req, res, { field, maxBytes }).then((file) => {
      req.body = { ...(req.body as object), [field]: file };
      next();
    }, next);
  };
}

const isTooLarge = (error: unknown): boolean => (error as { type?: unknown } | undefined)?.type === 'entity.too.large';

/** JSON of at most 1 MB, and no other body. */
export const readBody: readonly [RequestHandler, RequestHandler] = [
  requireJson,
  express.json({ limit: LIMIT, type: 'application/json' }),
];
