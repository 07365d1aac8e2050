import type { Request, RequestHandler } from 'express';
import { AppError } from '../../../domain/errors';
import type { ManagementDeps } from '../../../management/deps';
import { problemOf, PROBLEM_TYPE } from '../../problem';
import { sendFile } from '../../send-file';
import { callerOf } from './authenticate';
import { answerOnce } from './once';
import type { Answer, ApiRoute } from './route';

/** A route of the table as express calls it. */
export function serveRoute(deps: ManagementDeps, route: ApiRoute): RequestHandler {
  return async (req, res) => {
    const caller = callerOf(req);
    const asked = { path: req.path, params: paramsOf(req), query: req.query, body: req.body as unknown };
    const produce = () => route.run(deps, caller, asked).catch((error: unknown) => refusalAnswer(error, req));
    const { status, headers, body, file } = await answerOnce(deps, caller, req, produce);
    res.status(status).set(headers);
    if (file) return sendFile(res, file);
    if (body === undefined) return void res.end();
    res.type(res.get('Content-Type') ?? 'application/json').send(JSON.stringify(body));
  };
}

const paramsOf = ({ params }: Request): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));

/** A refusal is an answer like any other; our own failures are not. */
function refusalAnswer(error: unknown, req: Request): Answer {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  return { status: error.status, headers: { 'Content-Type': PROBLEM_TYPE }, body: problemOf(error, req) };
}
