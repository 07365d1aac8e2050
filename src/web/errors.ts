import type { ErrorRequestHandler, Request } from 'express';
import { AppError, type ErrorCode } from '../domain/errors';
import type { WebDeps } from './deps';
import type { RefusedModel } from './pages';
import { show } from './show';

/** What express and its parsers throw, in our codes. */
const PARSER_CODES: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'too_large',
  'parameters.too.many': 'too_large',
  'entity.parse.failed': 'invalid_request',
  'charset.unsupported': 'unsupported_media_type',
  'encoding.unsupported': 'unsupported_media_type',
};

/** Any error as a refusal; what is not one of ours is our fault. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { type, status } = error as { type?: string; status?: number };
  const code =
    PARSER_CODES[type ?? ''] ?? (status !== undefined && status < 500 ? 'invalid_request' : 'internal_error');
  return new AppError(code, { cause: error });
}

/** The last handler of the pages: one page for every refusal, with its status and the request id. */
export function errorPage(deps: WebDeps): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const refused = toAppError(error);
    if (refused.status >= 500)
      deps.log.error({ err: refused.options.cause ?? refused, requestId: req.id }, refused.message);
    if (res.headersSent) return next(error);
    res.status(refused.status);
    if (wantsJson(req))
      res.json({ code: refused.code, title: refused.message, status: refused.status, requestId: req.id });
    else
      showRefusal(deps, req, res, {
        code: refused.code,
        problems: refused.options.fields?.map((field) => field.message),
      });
  };
}

/** The page of a refusal, with whom to ask. */
export function showRefusal(deps: WebDeps, req: Request, res: Parameters<typeof show>[2], model: RefusedModel): void {
  show(deps, req, res, 'refused', { contacts: req.place?.found.organization.technicalContacts, ...model });
}

const wantsJson = (req: Request): boolean => req.accepts(['html', 'json']) === 'json';
