import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, Request } from 'express';
import type { Logger } from 'pino';
import { AppError, ERRORS, type ErrorCode, type FieldProblem } from '../domain/errors';
import { toAppError } from './errors';

/** Problem details (RFC 9457), with a code that never changes. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail?: string;
  instance: string;
  requestId: string;
  errors?: readonly FieldProblem[];
}

export const PROBLEM_TYPE = 'application/problem+json';

/** A refusal for a program. Never its cause. */
export function problemOf({ code, status, options }: AppError, req: Request): Problem {
  const { detail, fields } = options;
  return {
    type: `urn:drawbridge:problem:${code}`,
    title: ERRORS[code][1],
    status,
    code,
    ...(detail && { detail }),
    instance: req.originalUrl.split('?')[0] ?? '',
    requestId: requestIdOf(req),
    ...(fields?.length && { errors: fields }),
  };
}

/** The last handler of what programs call. What is not a refusal of ours is a 500 whose cause only the log gets. */
export function problemHandler(log: Pick<Logger, 'error'>): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const refused = isMalformedJson(error) ? new AppError('invalid_json', { cause: error }) : toAppError(error);
    if (refused.status >= 500)
      log.error({ err: refused.options.cause ?? refused, requestId: requestIdOf(req) }, refused.message);
    if (res.headersSent) return next(error);
    if (refused.code === 'unauthorized') res.set('WWW-Authenticate', 'Bearer realm="drawbridge"');
    res
      .status(refused.status)
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(problemOf(refused, req)));
  };
}

const isMalformedJson = (error: unknown): boolean =>
  (error as { type?: unknown } | null)?.type === 'entity.parse.failed';

/** The request's id, by which people ask about it and the log is searched. */
export function requestIdOf(req: Request): string {
  const given = (req as { id?: unknown }).id;
  if (typeof given === 'string' || typeof given === 'number') return String(given);
  const made = randomUUID();
  Object.assign(req, { id: made });
  return made;
}
