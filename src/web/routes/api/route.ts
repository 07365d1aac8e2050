import { z } from 'zod';
import { AppError, type ErrorCode } from '../../../domain/errors';
import type { Caller, ManagementDeps } from '../../../management/deps';
import type { ExportFile } from '../../../management/export-file';
import { parseForm } from '../../../management/form';
import type { Page } from '../../../management/page';
import type { Scope } from '../../../management/scopes';
import { isUuid } from '../../../management/uuid';
import { encodeCursor } from './paging';

/** What an answer is before it is sent, or kept to be sent again. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Undefined: no body. */
  body?: unknown;
  /** Sent as it is read, in place of a body. */
  file?: ExportFile;
}

/** A request as it came in. */
interface Asked {
  /** Path below the API's own, without a query. */
  path: string;
  params: Readonly<Record<string, string>>;
  query: unknown;
  body: unknown;
}

interface Call<Q, B> {
  deps: ManagementDeps;
  caller: Caller;
  /** What the path names. */
  org: string;
  id: string;
  /** Of a connection's key. */
  key: string;
  /** Of a session. */
  session: string;
  /** Of a row. */
  line: number;
  query: Q;
  body: B;
}

interface AnswerOf {
  status: 200 | 201 | 202 | 204;
  schema?: z.ZodType;
  isPage?: boolean;
  /** Media types of a file; the handler yields an `ExportFile`. */
  files?: readonly string[];
}

/** A body that is one file. */
export interface FileBody {
  /** Its name in refusals. */
  field: string;
  maxBytes: number;
  /** Media types that are taken. */
  types: readonly string[];
}

/** A body that is a form with a file, or JSON. */
export interface UploadBody {
  /** The file's field. */
  field: string;
  /** Of either. */
  maxBytes: number;
  /** The form's other fields, for the document. */
  form: z.ZodObject;
  json: z.ZodType;
}

interface Definition<Q extends z.ZodObject, B extends z.ZodType> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1`; holds `{org}`, `{id}`, `{key}`, `{session}` and `{line}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  /** What the room behind asks for; here for the document. */
  scope?: Scope | 'all rights';
  /** Further scopes that it needs. */
  also?: readonly Scope[];
  query?: Q;
  body?: B;
  file?: FileBody;
  upload?: UploadBody;
  answer: AnswerOf;
  /** Codes besides those that every route may answer. */
  refusals?: readonly ErrorCode[];
  handle(call: Call<z.output<Q>, z.output<B>>): Promise<unknown>;
}

/** One line of the table that both the server and the OpenAPI document come from. */
export interface ApiRoute extends Omit<Definition<z.ZodObject, z.ZodType>, 'handle'> {
  run(deps: ManagementDeps, caller: Caller, asked: Asked): Promise<Answer>;
}

const nothing = z.strictObject({});

/** Defines a route; its handler gets what its schemas yield. */
export function route<Q extends z.ZodObject = typeof nothing, B extends z.ZodType = typeof nothing>(
  definition: Definition<Q, B>,
): ApiRoute {
  const { handle, ...described } = definition;
  const { query = nothing, body = nothing, method, answer } = definition;
  const readsBody = method !== 'get' && method !== 'delete';
  return {
    ...described,
    async run(deps, caller, asked) {
      const { org = '', id, key, session, line } = asked.params;
      const call = {
        ...{ deps, caller, org, id: uuidIn(id), key: uuidIn(key), session: uuidIn(session), line: lineIn(line) },
        query: parseForm(query, asked.query) as z.output<Q>,
        body: parseForm(body, readsBody ? (asked.body ?? {}) : {}) as z.output<B>,
      };
      return answered(answer, await handle(call), asked.path);
    },
  };
}

/** Defines a route whose body is a file instead of JSON; its handler gets the bytes. */
export const fileRoute = (
  definition: Omit<Definition<typeof nothing, z.ZodType<Buffer>>, 'body'> & { file: FileBody },
): ApiRoute => route({ ...definition, body: z.instanceof(Buffer) as z.ZodType<Buffer> });

/** An id of the path, empty where the path has none. @throws AppError not_found */
function uuidIn(text: string | undefined): string {
  if (text !== undefined && !isUuid(text)) throw new AppError('not_found');
  return text?.toLowerCase() ?? '';
}

/** A number of the path, 0 where the path has none. @throws AppError not_found */
function lineIn(text = '0'): number {
  if (!/^\d{1,9}$/.test(text)) throw new AppError('not_found');
  return Number(text);
}

function answered({ status, isPage, files }: AnswerOf, result: unknown, path: string): Answer {
  if (files) return { status, headers: {}, file: result as ExportFile };
  if (status === 204) return { status, headers: {} };
  const body = isPage ? encodeCursor(result as Page<unknown>) : result;
  return { status, headers: status === 201 ? locationOf(result, path) : {}, body };
}

/** Where the thing just made can be read. */
function locationOf(result: unknown, path: string): Record<string, string> {
  const { id } = result as { id?: string };
  return id ? { Location: `/api/v1${path}/${id}` } : {};
}
