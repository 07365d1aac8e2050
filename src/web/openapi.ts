import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../domain/errors';
import { PROBLEM_TYPE } from './problem';
import { apiRoutes } from './routes/api/routes';
import type { ApiRoute } from './routes/api/route';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]).meta({ description: 'Never changes.' }),
    detail: z.string().optional(),
    instance: z.string(),
    requestId: z.string(),
    errors: z
      .array(z.object({ field: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Every field that is wrong.' }),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' });

const binary = { type: 'string', format: 'binary' } as const;

const DESCRIPTION = [
  'Everything an admin can do. `Authorization: Bearer KEY`; a key carries scopes (`*`, or `<resource>:read` and',
  '`<resource>:write`, which includes read) and, unless it has all rights, one organization; any other organization is',
  'answered as unknown. `{org}` is a custom URL, a former one, or an id.',
  'A key may ask 6,000 times a minute; beyond it, and after 60 wrong keys in a quarter of an hour from one address, the',
  'answer is 429 `rate_limited` with `Retry-After`.',
  'Refusals are problem details with a stable `code`; several wrong fields are told at once in `errors`.',
  'Lists take `limit` (1 to 200, 50 when absent) and `cursor`, and end with `nextCursor: null`.',
  'A POST with an `Idempotency-Key` happens once: for 24 hours the same key and request are answered by the same answer.',
].join(' ');

/** The OpenAPI 3.1 document, from the table of routes and their schemas. */
export function openApiDocument(baseUrl: string) {
  const registry = new OpenAPIRegistry();
  const key = registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' });
  for (const route of apiRoutes) registry.registerPath(pathOf(route, key.name));
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Drawbridge management API', version: '1', description: DESCRIPTION },
    servers: [{ url: baseUrl }],
    tags: [...new Set(apiRoutes.map(({ tag }) => tag))].map((name) => ({ name })),
  });
  return document;
}

function pathOf(route: ApiRoute, security: string): RouteConfig {
  const { method, path, tag, summary, scope, also = [], query, answer } = route;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const hasHeader = method === 'post';
  return {
    method,
    path: `/api/v1${path}`,
    tags: [tag],
    summary,
    description: [route.description, scope && `Scope: ${[scope, ...also].map((one) => `\`${one}\``).join(' and ')}.`]
      .filter(Boolean)
      .join(' '),
    security: [{ [security]: [] }],
    request: {
      ...(names.length && { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }),
      ...(query && { query }),
      ...(hasHeader && { headers: z.object({ 'Idempotency-Key': z.string().max(255).optional() }) }),
      ...bodyOf(route),
    },
    responses: {
      [answer.status]: answer.files
        ? { description: summary, content: filesOf(answer.files) }
        : answer.schema
          ? { description: summary, content: { 'application/json': { schema: answer.schema } } }
          : { description: 'Done.' },
      default: { description: refusalsOf(route), content: { [PROBLEM_TYPE]: { schema: problem } } },
    },
  };
}

function bodyOf({ body, file, upload }: ApiRoute): RouteConfig['request'] {
  if (upload) {
    const form = upload.form.extend({ [upload.field]: z.string().meta(binary) });
    const content = { 'multipart/form-data': { schema: form }, 'application/json': { schema: upload.json } };
    return { body: { required: true, content } };
  }
  if (file) return { body: { required: true, content: filesOf(file.types) } };
  return body && { body: { required: true, content: { 'application/json': { schema: body } } } };
}

const filesOf = (types: readonly string[]) => Object.fromEntries(types.map((type) => [type, { schema: binary }]));

const refusalsOf = ({ refusals = [] }: ApiRoute): string =>
  refusals.length
    ? `A refusal: ${refusals.map((code) => `\`${code}\` (${ERRORS[code][0]})`).join(', ')}, and those of every route.`
    : 'A refusal.';
