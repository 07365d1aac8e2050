import { CookieJar } from './cookie-jar';
import { readForm } from './html-form';
import type { HtmlForm } from './html-form';

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** Address that answered. */
  url: string;
  /** Location as the server sent it. */
  location: string | undefined;
  json<T = unknown>(): T;
  /** The page's only form, or the one at the index. */
  form(index?: number): HtmlForm;
}

export interface SendOptions {
  headers?: Readonly<Record<string, string>>;
  /** Origin of another site this is sent from, as a browser would: SameSite cookies stay behind. */
  from?: string;
}

export type FormFields = Readonly<Record<string, string>> | URLSearchParams;

/** A browser without a screen: keeps cookies per host, follows nothing unless told. Paths are relative to `baseUrl`. */
export interface HttpClient {
  jar: CookieJar;
  get(path: string, options?: SendOptions): Promise<Reply>;
  post(path: string, fields?: FormFields, options?: SendOptions): Promise<Reply>;
  postJson(path: string, body: unknown, options?: SendOptions): Promise<Reply>;
  /** Any method and body. */
  send(method: string, path: string, body?: string | Uint8Array, options?: SendOptions): Promise<Reply>;
  /** Submits a form of a page as it stands, with some fields filled in. */
  submit(page: Reply, fields?: Readonly<Record<string, string>>, options?: SendOptions): Promise<Reply>;
  /** Follows redirects from this reply, at most ten, until one is none or leads to `stopAt`. */
  follow(reply: Reply, stopAt?: string): Promise<Reply>;
}

const PAGE = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const FORM = 'application/x-www-form-urlencoded';

/** @param baseUrl origin that relative paths are resolved against */
export function createClient(baseUrl: string): HttpClient {
  const jar = new CookieJar();

  const send: HttpClient['send'] = async (method, path, body, options = {}) => {
    const url = new URL(path, baseUrl);
    const headers = new Headers({ accept: PAGE, 'accept-language': 'en', ...siteHeaders(method, url, options.from) });
    const cookies = jar.header(url, { method, crossSite: options.from !== undefined });
    if (cookies) headers.set('cookie', cookies);
    for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
    const response = await fetch(url, { method, headers, body, redirect: 'manual' });
    jar.store(url, response.headers.getSetCookie());
    return toReply(url.href, response);
  };

  const withType = (type: string, options: SendOptions = {}): SendOptions => ({
    ...options,
    headers: { 'content-type': type, ...options.headers },
  });

  const client: HttpClient = {
    jar,
    send,
    get: (path, options) => send('GET', path, undefined, options),
    post: (path, fields = {}, options) =>
      send('POST', path, new URLSearchParams(fields).toString(), withType(FORM, options)),
    postJson: (path, body, options) =>
      send('POST', path, JSON.stringify(body), withType('application/json', withAccept(options))),
    submit: (page, fields, options) => {
      const form = page.form();
      return client.post(new URL(form.action, page.url).href, { ...form.fields, ...fields }, options);
    },
    follow: async (reply, stopAt) => {
      for (let hops = 0; reply.location !== undefined; hops += 1) {
        const next = new URL(reply.location, reply.url).href;
        if (stopAt !== undefined && next.startsWith(stopAt)) return reply;
        if (hops === 10) throw new Error(`More than ten redirects, the last to ${next}`);
        reply = await client.get(next);
      }
      return reply;
    },
  };
  return client;
}

const withAccept = (options: SendOptions = {}): SendOptions => ({
  ...options,
  headers: { accept: 'application/json', ...options.headers },
});

/** Fetch Metadata and Origin as a browser sends them. */
function siteHeaders(method: string, url: URL, from: string | undefined): Record<string, string> {
  const site = { 'sec-fetch-site': from === undefined ? 'same-origin' : 'cross-site' };
  return method === 'GET' || method === 'HEAD' ? site : { ...site, origin: from ?? url.origin };
}

async function toReply(url: string, response: Response): Promise<Reply> {
  const text = await response.text();
  const { status, headers } = response;
  return {
    status,
    headers,
    text,
    url,
    location: headers.get('location') ?? undefined,
    json: <T>() => JSON.parse(text) as T,
    form: (index) => readForm(text, index),
  };
}
