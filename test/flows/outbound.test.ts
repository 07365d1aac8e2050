// @peculiar/x509 resolves its parts with tsyringe, which needs the polyfill loaded before it.
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { isPublicAddress } from '../../src/outbound/addresses';
import type { Lookup } from '../../src/outbound/destination';
import { createOutbound, type OutboundOptions } from '../../src/outbound/outbound';

const servers: TcpServer[] = [];

async function listening<S extends TcpServer>(server: S): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const serving = (listener: RequestListener): Promise<number> => listening(createServer(listener));

afterEach(async () => {
  for (const server of servers.splice(0)) {
    (server as Server).closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Answers every name with the same addresses; counts how often it was asked. */
const resolvingTo = (...addresses: string[]) => {
  const lookup: jest.Mock<ReturnType<Lookup>, Parameters<Lookup>> = jest.fn();
  return lookup.mockResolvedValue(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
};

/** A key and a certificate for one host name, as PEM. */
async function selfSigned(host: string): Promise<{ key: string; cert: string }> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${host}`,
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { key: key.toString(), cert: certificate.toString('pem') };
}

const outboundWith = (options: Partial<OutboundOptions> = {}) => createOutbound({ allow: [], ...options });

describe('security 22: which addresses are public', () => {
  test.each([
    '1.1.1.1',
    '9.255.255.255',
    '100.63.255.255',
    '172.32.0.1',
    '192.167.1.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450::8a',
    '2001:4860:4860::8888',
  ])('%s is', (address) => expect(isPublicAddress(address)).toBe(true));

  test.each([
    ['unspecified', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['private', '10.0.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['link-local, cloud metadata', '169.254.169.254'],
    ['protocol assignments', '192.0.0.170'],
    ['documentation', '203.0.113.5'],
    ['6to4 relay', '192.88.99.1'],
    ['benchmarking', '198.19.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['IPv4-mapped', '::ffff:127.0.0.1'],
    ['IPv4-mapped, public inside', '::ffff:1.1.1.1'],
    ['IPv4-mapped, hex', '::ffff:7f00:1'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['IPv4-translated', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['NAT64, local use', '64:ff9b:1::7f00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['documentation', '2001:db8::1'],
    ['unique local', 'fd00::1'],
    ['link-local', 'fe80::1'],
    ['link-local with zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['discard', '100::1'],
    ['not an address', 'localhost'],
  ])('%s %s is not', (_kind, address) => expect(isPublicAddress(address)).toBe(false));
});

describe('security 22: an address at saving', () => {
  test.each([
    ['https://127.0.0.1/'],
    ['https://2130706433/'],
    ['https://0x7f000001/'],
    ['https://0x7f.1/'],
    ['https://0177.0.0.1/'],
    ['https://127.1/'],
    ['https://127.0.0.1./'],
    ['https://①②⑦.0.0.1/'],
    ['https://[::1]/'],
    ['https://[::ffff:127.0.0.1]/'],
    ['https://[::ffff:7f00:1]/'],
    ['https://[::127.0.0.1]/'],
    ['https://[64:ff9b::10.0.0.1]/'],
    ['https://[2002:0a00:0001::]/'],
    ['https://0/'],
    ['https://0.0.0.0/'],
    ['https://0300.0250.1.1/'],
    ['https://192.168.257/'],
    ['https://0xA9FEA9FE/'],
    ['https://169.254.169.254/latest/meta-data/'],
    ['https://169.254.169.254.:443/'],
    ['https://100.64.0.1/'],
    ['https://224.0.0.1/'],
    ['https://255.255.255.255/'],
    ['https://4294967295/'],
    ['https://[::]/'],
    ['https://[::FFFF:169.254.169.254]/'],
    ['https://[0:0:0:0:0:ffff:a9fe:a9fe]/'],
    ['https://[64:ff9b:1::10.0.0.1]/'],
    ['https://[2001::1]/'],
    ['https://[fd00:ec2::254]/'],
    ['https://[ff02::1]/'],
    ['HTTPS://127.0.0.1:8443/'],
    ['https:127.0.0.1'],
    ['https:/\\\\127.0.0.1/'],
    ['https://user:pass@idp.example/'],
    ['https://user@idp.example/'],
    ['not an address'],
    ['https://'],
  ])('refuses %s', async (url) => {
    const lookup = resolvingTo('1.1.1.1');
    expect(await outboundWith({ lookup }).check(url)).toMatchObject({ code: 'address_refused' });
    expect(lookup).not.toHaveBeenCalled();
  });

  test.each([
    'http://idp.example/',
    'http://1.1.1.1/',
    'ftp://idp.example/',
    'file:///etc/passwd',
    'FILE://idp.example/x',
    'data:,x',
    'blob:https://idp.example/x',
    'gopher://127.0.0.1/',
  ])('refuses %s as not https', async (url) => {
    const outbound = outboundWith({ lookup: resolvingTo('1.1.1.1') });
    expect(await outbound.check(url)).toMatchObject({ code: 'not_https' });
  });

  test('takes a name that resolves to public addresses', async () => {
    const lookup = resolvingTo('1.1.1.1', '2606:4700::1111');
    expect(await outboundWith({ lookup }).check('https://idp.example:8443/metadata')).toBeUndefined();
    expect(lookup).toHaveBeenCalledWith('idp.example');
  });

  test.each([[['10.0.0.1']], [['1.1.1.1', '127.0.0.1']], [['1.1.1.1', '::ffff:10.0.0.1']], [['fe80::1%eth0']]])(
    'refuses a name that resolves to %j',
    async (addresses) => {
      const outbound = outboundWith({ lookup: resolvingTo(...addresses) });
      const refusal = await outbound.check('https://idp.example/');
      expect(refusal).toMatchObject({ code: 'address_refused' });
      expect(refusal?.message).not.toMatch(/10\.0|127\.0|fe80/);
    },
  );

  test.each([
    ['https://IDP.Example/', 'idp.example'],
    ['https://idp.example./', 'idp.example.'],
    ['https://b\u00fccher.example/', 'xn--bcher-kva.example'],
    ['https://ｉｄｐ.example/', 'idp.example'],
    ['https://idp\u3002example/', 'idp.example'],
    ['https://%69dp.example/', 'idp.example'],
  ])('%s is asked for as %s, and refused where that is private', async (url, name) => {
    const lookup = resolvingTo('169.254.169.254');
    expect(await outboundWith({ lookup }).check(url)).toMatchObject({ code: 'address_refused' });
    expect(lookup).toHaveBeenCalledWith(name);
  });

  test('what was public when it was saved is refused when it is used', async () => {
    const handler = jest.fn((_req, res) => res.end('secret'));
    const port = await serving(handler);
    const lookup = resolvingTo('127.0.0.1').mockResolvedValueOnce([{ address: '1.1.1.1', family: 4 }]);
    const outbound = outboundWith({ lookup });
    expect(await outbound.check(`https://idp.example:${port}/`)).toBeUndefined();
    expect(await outbound.getText(`https://idp.example:${port}/`)).toMatchObject({ code: 'address_refused' });
    expect(lookup).toHaveBeenCalledTimes(2);
    expect(handler).not.toHaveBeenCalled();
  });

  test('a name nobody knows is unreachable', async () => {
    const lookup: Lookup = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await outboundWith({ lookup }).check('https://nowhere.example/')).toMatchObject({ code: 'unreachable' });
    expect(await outboundWith({ lookup: resolvingTo() }).check('https://nowhere.example/')).toMatchObject({
      code: 'unreachable',
    });
  });

  test('a resolver that hangs ends with the deadline', async () => {
    const lookup: Lookup = () => new Promise(() => undefined);
    const outbound = outboundWith({ lookup, timeoutMs: 50 });
    expect(await outbound.check('https://idp.example/')).toMatchObject({ code: 'timeout' });
    expect(await outbound.getText('https://idp.example/')).toMatchObject({ code: 'timeout' });
  });
});

describe('security 22: OUTBOUND_ALLOW', () => {
  test.each([
    ['idp.example:8443', 'https://idp.example:8443/', '10.0.0.5'],
    ['IDP.example:8443', 'http://idp.example:8443/', '10.0.0.5'],
    ['idp.example:443', 'https://idp.example/', '10.0.0.5'],
    ['idp.example:80', 'http://idp.example/', '10.0.0.5'],
    ['10.0.0.5:8443', 'https://idp.example:8443/', '10.0.0.5'],
    ['[::1]:3000', 'http://[::1]:3000/', '::1'],
    ['[::1]:3000', 'http://idp.example:3000/', '::1'],
    ['10.0.0.0/8', 'http://idp.example/', '10.0.0.5'],
    ['fd00::/8', 'https://idp.example/', 'fd00::5'],
    ['64:ff9b::/96', 'https://idp.example/', '64:ff9b::101:101'],
  ])('%s lets %s at %s through', async (entry, url, address) => {
    const outbound = outboundWith({ allow: [entry], lookup: resolvingTo(address) });
    expect(await outbound.check(url)).toBeUndefined();
  });

  test.each([
    ['another port', 'idp.example:8443', 'https://idp.example:8444/', ['10.0.0.5'], 'address_refused'],
    ['another host', 'idp.example:443', 'https://evil.example/', ['10.0.0.5'], 'address_refused'],
    ['another host by http', 'idp.example:80', 'http://evil.example/', ['1.1.1.1'], 'not_https'],
    [
      'a name that only begins so',
      'idp.example:443',
      'https://idp.example.evil.example/',
      ['10.0.0.5'],
      'address_refused',
    ],
    ['the name with a dot behind it', 'idp.example:443', 'https://idp.example./', ['10.0.0.5'], 'address_refused'],
    ['outside the range', '10.0.0.0/24', 'https://idp.example/', ['10.0.1.5'], 'address_refused'],
    ['one address of two outside', '10.0.0.0/24', 'https://idp.example/', ['10.0.0.5', '10.0.1.5'], 'address_refused'],
    ['http to a public address beside', '10.0.0.0/24', 'http://idp.example/', ['10.0.0.5', '1.1.1.1'], 'not_https'],
    ['mapped form of an allowed range', '127.0.0.0/8', 'https://idp.example/', ['::ffff:127.0.0.1'], 'address_refused'],
    ['an IPv4 address under an IPv6 range', '::/0', 'https://idp.example/', ['10.0.0.5'], 'address_refused'],
  ])('%s stays refused', async (_what, entry, url, addresses, code) => {
    const outbound = outboundWith({ allow: [entry], lookup: resolvingTo(...addresses) });
    expect(await outbound.check(url)).toMatchObject({ code });
  });
});

describe('security 22: getText', () => {
  const allowLoopback = { allow: ['127.0.0.0/8'] };

  test('yields the text and its content type', async () => {
    const port = await serving((req, res) => {
      res.setHeader('content-type', 'application/samlmetadata+xml');
      res.end(`<x accept="${req.headers.accept}" encoding="${req.headers['accept-encoding']}">Łukasz</x>`);
    });
    const answer = await outboundWith(allowLoopback).getText(`http://127.0.0.1:${port}/`, { accept: 'text/xml' });
    expect(answer).toEqual({
      ok: true,
      text: '<x accept="text/xml" encoding="identity">Łukasz</x>',
      contentType: 'application/samlmetadata+xml',
    });
  });

  test('is refused where the address is not allowed, and nothing is sent', async () => {
    const handler = jest.fn();
    const port = await serving(handler);
    const outbound = outboundWith({ lookup: resolvingTo('127.0.0.1') });
    expect(await outbound.getText(`http://127.0.0.1:${port}/`)).toMatchObject({ code: 'not_https' });
    expect(await outbound.getText(`https://127.0.0.1:${port}/`)).toMatchObject({ code: 'address_refused' });
    expect(await outbound.getText(`https://idp.example:${port}/`)).toMatchObject({ code: 'address_refused' });
    await expect(outbound.fetch(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'address_refused' });
    expect(handler).not.toHaveBeenCalled();
  });

  test('connects to the very address that was checked, whatever the name answers next', async () => {
    const port = await serving((req, res) => res.end(req.headers.host));
    const lookup = resolvingTo('10.255.255.1').mockResolvedValueOnce([{ address: '127.0.0.1', family: 4 }]);
    const answer = await outboundWith({ ...allowLoopback, lookup }).getText(`http://rebinding.example:${port}/`);
    expect(answer).toMatchObject({ ok: true, text: `rebinding.example:${port}` });
    expect(lookup).toHaveBeenCalledTimes(1);
  });

  test('does not follow a redirect', async () => {
    const elsewhere = jest.fn((_req, res) => res.end('secret'));
    const target = await serving(elsewhere);
    const port = await serving((_req, res) => res.writeHead(302, { location: `http://127.0.0.1:${target}/` }).end());
    const outbound = outboundWith(allowLoopback);
    expect(await outbound.getText(`http://127.0.0.1:${port}/`)).toMatchObject({ code: 'redirected', status: 302 });
    expect((await outbound.fetch(`http://127.0.0.1:${port}/`)).status).toBe(302);
    expect(elsewhere).not.toHaveBeenCalled();
  });

  test('tells an error status', async () => {
    const port = await serving((_req, res) => res.writeHead(503).end('sorry'));
    const answer = await outboundWith(allowLoopback).getText(`http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ ok: false, code: 'bad_status', status: 503 });
  });

  test.each([
    ['never answers', () => undefined],
    ['stops within the body', (_req, res) => res.write('beginning')],
    ['drips', (_req, res) => void setInterval(() => res.write('.'), 20).unref()],
  ] satisfies [string, RequestListener][])('a server that %s ends with the deadline', async (_how, listener) => {
    const port = await serving(listener);
    const began = performance.now();
    const outbound = outboundWith({ ...allowLoopback, timeoutMs: 150 });
    expect(await outbound.getText(`http://127.0.0.1:${port}/`)).toMatchObject({ code: 'timeout' });
    await expect(outbound.fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'timeout' });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('an endless body is cut off at the limit', async () => {
    let sent = 0;
    const port = await serving((_req, res) => {
      const more = () => {
        while (!res.destroyed && (sent += 65536) && res.write(Buffer.alloc(65536)));
        res.once('drain', more);
      };
      more();
    });
    const outbound = outboundWith(allowLoopback);
    expect(await outbound.getText(`http://127.0.0.1:${port}/`)).toMatchObject({ code: 'too_large' });
    expect(sent).toBeLessThan(20_000_000);
    await expect(outbound.fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'too_large' });
  });

  test('a declared length over the limit is refused unread, one at the limit is taken', async () => {
    const port = await serving((req, res) => res.end(Buffer.alloc(Number(req.url?.slice(1)))));
    const outbound = outboundWith(allowLoopback);
    expect(await outbound.getText(`http://127.0.0.1:${port}/1000001`)).toMatchObject({ code: 'too_large' });
    expect(await outbound.getText(`http://127.0.0.1:${port}/1000000`)).toMatchObject({ ok: true });
    expect(await outbound.getText(`http://127.0.0.1:${port}/11`, { maxBytes: 10 })).toMatchObject({
      code: 'too_large',
    });
    expect(await outbound.getText(`http://127.0.0.1:${port}/10`, { maxBytes: 10 })).toMatchObject({ ok: true });
  });

  test.each([
    ['closes at once', (socket) => socket.destroy()],
    ['speaks no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['closes within the body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')],
    [
      'switches protocols unasked',
      (socket) => socket.end('HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ],
  ] satisfies [string, Parameters<typeof createTcpServer>[1] & object][])(
    'a server that %s is a failure, not an exception',
    async (_how, onConnection) => {
      const port = await listening(
        createTcpServer((socket) => {
          socket.on('error', () => undefined);
          socket.once('data', () => onConnection(socket));
        }),
      );
      const answer = await outboundWith({ ...allowLoopback, timeoutMs: 300 }).getText(`http://127.0.0.1:${port}/`);
      expect(answer).toMatchObject({ ok: false, code: expect.stringMatching(/unreachable|timeout/) });
    },
  );

  test('a closed port is unreachable', async () => {
    const port = await serving(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await outboundWith(allowLoopback).getText(`http://127.0.0.1:${port}/`)).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('https is never spoken to a server without a certificate', async () => {
    const port = await serving((_req, res) => res.end('plain'));
    const answer = await outboundWith(allowLoopback).getText(`https://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ code: 'unreachable' });
  });

  test('a certificate that nobody vouches for is not taken', async () => {
    const server = createTlsServer(await selfSigned('idp.example'), (_req, res) => res.end('secret'));
    const port = await listening(server);
    const outbound = outboundWith({ ...allowLoopback, lookup: resolvingTo('127.0.0.1') });
    expect(await outbound.getText(`https://idp.example:${port}/`)).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
    });
  });
});

describe('security 22: fetch', () => {
  const outbound = createOutbound({ allow: ['127.0.0.0/8'] });

  test('sends method, headers and form, and yields a standard Response', async () => {
    const port = await serving(async (req, res) => {
      let body = '';
      for await (const chunk of req) body += String(chunk);
      const { authorization, 'content-type': type, 'content-length': length } = req.headers;
      res.writeHead(400, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ method: req.method, authorization, type, length, body }));
    });
    const response = await outbound.fetch(`http://127.0.0.1:${port}/token`, {
      method: 'POST',
      headers: { authorization: 'Basic abc' },
      body: new URLSearchParams({ code: 'a b' }),
    });
    expect(response).toBeInstanceOf(Response);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      method: 'POST',
      authorization: 'Basic abc',
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      length: '8',
      body: 'code=a+b',
    });
  });

  test('takes URL and Request, and an answer without a body', async () => {
    const port = await serving((_req, res) => res.writeHead(204).end());
    const url = new URL(`http://127.0.0.1:${port}/`);
    expect((await outbound.fetch(url)).status).toBe(204);
    expect((await outbound.fetch(new Request(url))).status).toBe(204);
  });

  test('ends when its caller aborts', async () => {
    const port = await serving(() => undefined);
    const call = outbound.fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(50) });
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test.each(['https://user:pass@idp.example/', 'https://10.0.0.1/'])('rejects %s', async (url) => {
    await expect(outbound.fetch(url)).rejects.toMatchObject({ name: 'OutboundError', code: 'address_refused' });
  });

  test('asks that no connection stays open', async () => {
    const port = await serving((req, res) => res.end(req.headers.connection));
    expect(await (await outbound.fetch(`http://127.0.0.1:${port}/`)).text()).toBe('close');
  });
});
