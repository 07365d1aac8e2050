import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import express from 'express';
import request from 'supertest';
import { root } from '../../src/config';
import { createMailroom } from '../../src/mail/outbox';
import type { ManagementDeps } from '../../src/management/deps';
import { createOutbound } from '../../src/outbound/outbound';
import { openDatabase } from '../../src/storage/data-source';
import type { Database } from '../../src/storage/rows';
import { createSecretBox, type SecretBox } from '../../src/storage/secret-box';
import { noThrottle } from '../../src/sign-in/throttle';
import { createApi } from '../../src/web/api';
import type { BearerThrottle } from '../../src/web/bearer';
import type { ApiRoute } from '../../src/web/routes/api/route';
import { apiRoutes } from '../../src/web/routes/api/routes';
import { createTestDatabase } from './postgres';

export const BOOTSTRAP = 'bootstrap-key-of-the-tests-0123456789';

/** What tests read of answers; each good answer has been held against its route's schema before. */
interface ApiBody {
  readonly [field: string]: unknown;
  id: string;
  code: string;
  counts: object;
  key: string;
  name: string;
  slug: string;
  state: string;
  status: string;
  email: string;
  username: string;
  contactId: string;
  accountId: string;
  requestId: string;
  subject: string;
  outcome: string;
  action: string;
  organization: string | null;
  nextCursor: string | null;
  fields: string[];
  logoUrl: string;
  why: string[];
  changes: unknown[];
  errors: { field: string; code: string }[];
  /** Tests that take the first one fail by themselves when there is none. */
  items: [ApiBody, ...ApiBody[]];
  results: ApiBody[];
  groupMapping: { value: string; group: string }[];
  details: object;
  connection: { name: string };
  dns: { value: string };
  settings: { certificates: unknown[]; nameIdFormat: string | null };
  sp: { encryptionCertificate: string };
  /** Of the OpenAPI document. */
  paths: Record<string, Record<string, ApiOperation>>;
  components: { schemas: Record<string, { properties: object }> };
}

interface ApiOperation {
  responses: object;
  requestBody: { content: Record<string, { schema: { required: string[]; properties: Record<string, object> } }> };
}

export interface ApiReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: ApiBody;
  /** As it came. */
  bytes: Buffer;
}

interface SendOptions {
  /** Bearer key; the bootstrap key when absent, none when null. */
  key?: string | null;
  headers?: Readonly<Record<string, string>>;
  /** The answer is no text. */
  isBinary?: boolean;
}

export interface TestApi {
  db: Database;
  box: SecretBox;
  baseUrl: string;
  /** Texts of TXT records by name, as the world's DNS has them. */
  dns: Map<string, string[]>;
  /** What the log got. */
  logged: unknown[];
  now: Date;
  /** What counts; everything passes unless a test puts another in its place. */
  throttle: BearerThrottle;
  /** What management works with, for what runs beside the API. */
  management: ManagementDeps;
  send(method: string, path: string, body?: unknown, options?: SendOptions): Promise<ApiReply>;
  get(path: string, options?: SendOptions): Promise<ApiReply>;
  post(path: string, body?: unknown, options?: SendOptions): Promise<ApiReply>;
  patch(path: string, body: unknown, options?: SendOptions): Promise<ApiReply>;
  put(path: string, body: unknown, options?: SendOptions): Promise<ApiReply>;
  delete(path: string, options?: SendOptions): Promise<ApiReply>;
  close(): Promise<void>;
}

const BASE_URL = 'https://login.example.com';

/** The management API on a database of its own; every good answer is held against its route's schema. */
export async function startApi(): Promise<TestApi> {
  const database = await createTestDatabase({ migrated: true });
  const db = await openDatabase(database.url);
  const box = createSecretBox([randomBytes(32)]);
  const dns = new Map<string, string[]>();
  const logged: unknown[] = [];
  const management = managementOf({ db, box, dns, logged }, () => api);
  const server = await listen(management, logged, () => api);

  const send: TestApi['send'] = async (method, path, body, options = {}) => {
    const { key = BOOTSTRAP, headers = {}, isBinary = false } = options;
    const url = `/api/v1${path}`;
    let asked = request(server)[method.toLowerCase() as 'get'](url).set(headers);
    if (key) asked = asked.set('Authorization', `Bearer ${key}`);
    if (body !== undefined) asked = asked.send(body as object);
    if (isBinary) asked = asked.responseType('arraybuffer');
    const { status, headers: got, body: answer, text } = await asked;
    const reply = {
      status,
      headers: got as Record<string, string>,
      body: (text ? answer : undefined) as ApiBody,
      bytes: isBinary ? (answer as Buffer) : Buffer.from(text ?? ''),
    };
    holdAgainstSchema(method.toLowerCase(), path, reply);
    return reply;
  };
  const api: TestApi = {
    ...{ db, box, baseUrl: BASE_URL, dns, logged, now: new Date(), throttle: noThrottle, management, send },
    get: (path, options) => send('get', path, undefined, options),
    post: (path, body, options) => send('post', path, body, options),
    patch: (path, body, options) => send('patch', path, body, options),
    put: (path, body, options) => send('put', path, body, options),
    delete: (path, options) => send('delete', path, undefined, options),
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await db.destroy();
      await database.drop();
    },
  };
  return api;
}

type Parts = Pick<TestApi, 'db' | 'box' | 'dns' | 'logged'>;

const managementOf = ({ db, box, dns }: Parts, current: () => TestApi): ManagementDeps => ({
  ...{ db, box, baseUrl: BASE_URL, now: () => current().now },
  mailroom: createMailroom({ box, root, baseUrl: BASE_URL }),
  outbound: createOutbound({ allow: ['127.0.0.0/8'], timeoutMs: 1000 }),
  resolveTxt: async (name) => {
    const texts = dns.get(name);
    if (!texts) throw Object.assign(new Error(`queryTxt ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
    return texts.map((text) => [text.slice(0, 10), text.slice(10)]);
  },
});

function listen(management: ManagementDeps, logged: unknown[], current: () => TestApi): Promise<Server> {
  const app = express();
  app.set('query parser', 'simple');
  const api = createApi({
    ...management,
    bootstrapApiKey: BOOTSTRAP,
    throttle: {
      guessed: (...guess) => current().throttle.guessed(...guess),
      requested: (key) => current().throttle.requested(key),
    },
    log: { error: (...line: unknown[]) => void logged.push(line) },
  });
  app.use('/api/v1', api);
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function holdAgainstSchema(method: string, path: string, { status, headers, body }: ApiReply): void {
  if (status >= 400) {
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ status, code: expect.any(String), title: expect.any(String) });
    expect(body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    return;
  }
  expect(headers['cache-control']).toBe('no-store');
  const route = routeFor(method, path.split('?')[0] ?? '');
  if (!route || route.answer.files) return;
  expect(status).toBe(route.answer.status);
  if (route.answer.schema) route.answer.schema.parse(body);
}

function routeFor(method: string, path: string): ApiRoute | undefined {
  const fits = (route: ApiRoute) =>
    new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path) && route.method === method;
  return apiRoutes.find(fits);
}

/** Makes an organization; yields its path below the API. */
export async function newOrganization(api: TestApi, slug: string): Promise<string> {
  const made = await api.post('/organizations', { slug, name: `${slug} Inc.` });
  expect(made.status).toBe(201);
  return `/organizations/${slug}`;
}

/** Makes a key of one organization. */
export async function newKey(api: TestApi, organization: string, scopes: readonly string[]): Promise<string> {
  const made = await api.post('/api-keys', { name: 'a key', organization, scopes });
  expect(made.status).toBe(201);
  return made.body.key as string;
}

/** Codes by field of a refusal that names fields. */
export const faults = ({ body }: ApiReply): Record<string, string> =>
  Object.fromEntries((body.errors ?? []).map((one: { field: string; code: string }) => [one.field, one.code]));
