import { toAppError, wantsJson } from '../errors';
import { REFUSAL_PAGES } from '../refusals';
import { showPortal, type PortalCall } from './call';

/** A refusal as a page within the portal, with the way back. */
export function showProblem(call: PortalCall, error: unknown): void {
  const { web, req, res, base } = call;
  const refused = toAppError(error);
  const { code, status, message, options } = refused;
  if (status >= 500) web.log.error({ err: options.cause ?? refused, requestId: req.id }, message);
  res.status(status);
  if (wantsJson(req)) {
    res.json({ code, title: message, status, requestId: req.id });
    return;
  }
  const details = [options.detail, ...(options.fields ?? []).map((field) => field.message)].filter(Boolean);
  showPortal(call, 'portal/problem', {
    words: REFUSAL_PAGES[code].words,
    ...(details.length && { detail: details.join(' ') }),
    backUrl: base,
  });
}
