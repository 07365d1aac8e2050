import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createClient } from './http-client';

let server: Server;
let origin: string;
let handle: RequestListener;

beforeAll(async () => {
  server = createServer((req, res) => handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const answerWith =
  (...cookies: string[]): RequestListener =>
  (req, res) =>
    void res.setHeader('set-cookie', cookies).end(req.headers.cookie ?? 'none');

/** What the server received after it had set these cookies. */
async function sentBack(path: string, cookies: string[], options?: { from: string; method?: string }) {
  const client = createClient(origin);
  handle = answerWith(...cookies);
  await client.get('/acme/login');
  handle = answerWith();
  return (await client.send(options?.method ?? 'GET', path, undefined, options)).text;
}

test.each([
  ['/acme', ['a=1; Path=/acme'], 'a=1'],
  ['/acme/x', ['a=1; Path=/acme'], 'a=1'],
  ['/acmeify', ['a=1; Path=/acme'], 'none'],
  ['/acme/other', ['a=1'], 'a=1'],
  ['/globex', ['a=1'], 'none'],
  ['/', ['__Host-a=1; Path=/; Secure; HttpOnly; SameSite=None'], '__Host-a=1'],
  ['/', ['a=1; Path=/', 'a=2; Path=/'], 'a=2'],
  ['/acme', ['a=root; Path=/', 'a=acme; Path=/acme'], 'a=acme; a=root'],
  ['/', ['a=1; Path=/', 'a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], 'none'],
  ['/', ['a=1; Path=/', 'a=; Path=/; Max-Age=0'], 'none'],
  ['/', ['a=b=c; Path=/; Max-Age=60'], 'a=b=c'],
])('at %s after %j sends %s', async (path, cookies, expected) => {
  expect(await sentBack(path, cookies)).toBe(expected);
});

test.each([
  ['POST', 'none=1'],
  ['GET', 'lax=1; none=1'],
])('a cross-site %s carries %s', async (method, expected) => {
  const cookies = ['strict=1; Path=/; SameSite=Strict', 'lax=1; Path=/', 'none=1; Path=/; SameSite=None; Secure'];
  expect(await sentBack('/', cookies, { from: 'http://idp.test', method })).toBe(expected);
});

test('says where a request comes from, as a browser does', async () => {
  handle = (req, res) => void res.end(JSON.stringify([req.headers.origin, req.headers['sec-fetch-site']]));
  const client = createClient(origin);
  expect((await client.post('/')).json()).toEqual([origin, 'same-origin']);
  expect((await client.post('/', {}, { from: 'http://idp.test' })).json()).toEqual(['http://idp.test', 'cross-site']);
  expect((await client.get('/')).json()).toEqual([null, 'same-origin']);
});

test('follows redirects only when told, and not past where it shall stop', async () => {
  handle = (req, res) => void (req.url === '/end' ? res.end('end') : res.writeHead(303, { location: '/end' }).end());
  const client = createClient(origin);
  const reply = await client.get('/start');
  expect(reply).toMatchObject({ status: 303, location: '/end' });
  expect(await client.follow(reply)).toMatchObject({ status: 200, text: 'end', url: `${origin}/end` });
  expect(await client.follow(reply, `${origin}/end`)).toBe(reply);
  handle = (_req, res) => void res.writeHead(302, { location: '/again' }).end();
  await expect(client.follow(reply)).rejects.toThrow('More than ten redirects');
});

test('submits a form with the fields it has and those filled in', async () => {
  const form = `<form action="send?a=1&amp;b=2" method=post><input type=hidden name="_csrf" value="&lt;&#39;&#x27;&quot;">
    <input name=email required><input type=checkbox name=news checked><input type=checkbox name=spam><button>Go</button></form>`;
  handle = (req, res) => {
    if (req.method === 'GET') return void res.end(form);
    req.on('data', (body) => res.end(`${req.url} ${String(body)}`));
  };
  const client = createClient(origin);
  const { text } = await client.submit(await client.get('/acme/signup'), { email: 'ł@acme.test' });
  const [url, body] = text.split(' ');
  expect(url).toBe('/acme/send?a=1&b=2');
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({ _csrf: `<''"`, email: 'ł@acme.test', news: 'on' });
});
