import type { ErrorRequestHandler, Request, Response } from 'express';
import { AppError, ERRORS, type ErrorCode } from '../domain/errors';
import { isSsoState } from '../connections/connection';
import { linksOf } from '../domain/links';
import { listConnections } from '../storage/connections';
import type { WebDeps } from './deps';
import { localPath } from './local-path';
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

/** Refusals whose way on is the identity provider. */
const TO_SSO: readonly ErrorCode[] = ['self_signup_forbidden', 'password_not_permitted'];

/** Answers a refusal with its status: a page, or its code for a program. */
export async function sendRefusal(deps: WebDeps, req: Request, res: Response, model: RefusedModel): Promise<void> {
  const [status, title] = ERRORS[model.code];
  res.status(status);
  if (wantsJson(req)) res.json({ code: model.code, title, status, requestId: req.id });
  else showRefusal(deps, req, res, { ...(TO_SSO.includes(model.code) && (await wayToSso(deps, req))), ...model });
}

/** The one provider that people of the organization sign in with; the sign-in page where there are several. */
async function wayToSso(
  deps: WebDeps,
  req: Request,
): Promise<Pick<RefusedModel, 'connection' | 'tryAgainUrl'> | undefined> {
  if (!req.place) return undefined;
  const { organization } = req.place.found;
  const all = await listConnections(deps.signIn.db.manager, organization.id);
  const [only, another] = all.filter(({ state }) => isSsoState(state));
  if (!only || another) return undefined;
  const returnTo = localPath((req.body as Record<string, unknown> | undefined)?.return_to ?? req.query.return_to);
  const query = returnTo ? `?return_to=${encodeURIComponent(returnTo)}` : '';
  return { connection: only.name, tryAgainUrl: linksOf(deps.baseUrl, organization).sso(only.id) + query };
}

/** The page of a refusal, with whom to ask. */
export function showRefusal(deps: WebDeps, req: Request, res: Parameters<typeof show>[2], model: RefusedModel): void {
  show(deps, req, res, 'refused', { contacts: req.place?.found.organization.technicalContacts, ...model });
}

/** A program asks rather than a browser. */
export const wantsJson = (req: Request): boolean => req.accepts(['html', 'json']) === 'json';
