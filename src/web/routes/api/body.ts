import express, { type RequestHandler } from 'express';
import { AppError } from '../../../domain/errors';

const LIMIT = '1mb';
const WITH_BODY = ['POST', 'PUT', 'PATCH'];

const requireJson: RequestHandler = (req, _res, next) => {
  const isEmpty = req.get('content-length') === '0';
  if (WITH_BODY.includes(req.method) && !isEmpty && req.is('application/json') === false)
    throw new AppError('unsupported_media_type', { detail: 'The body must be application/json.' });
  next();
};

/** JSON of at most 1 MB, and no other body. */
export const readBody: readonly [RequestHandler, RequestHandler] = [
  requireJson,
  express.json({ limit: LIMIT, type: 'application/json' }),
];
