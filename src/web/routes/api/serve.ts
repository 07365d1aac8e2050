import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../../../domain/errors';
import type { ManagementDeps } from '../../../management/deps';
import type { ExportFile } from '../../../management/export-file';
import { problemOf, PROBLEM_TYPE } from '../../problem';
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

/** Whoever goes away meanwhile is no failure of ours; what fails on the way breaks the file off. */
async function sendFile(res: Response, { name, type, stream }: ExportFile): Promise<void> {
  res.attachment(name).type(type);
  await pipeline(stream, res).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

const paramsOf = ({ params }: Request): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));

/** A refusal is an answer like any other; our own failures are not. */
function refusalAnswer(error: unknown, req: Request): Answer {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  return { status: error.status, headers: { 'Content-Type': PROBLEM_TYPE }, body: problemOf(error, req) };
}
