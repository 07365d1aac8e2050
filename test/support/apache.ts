import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followPage, type RealApplication } from './application-page';
import { onFreePort } from './free-port';
import { startProcess } from './processes';
import type { TestService } from './service';

const MODULES = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_openidc', 'proxy', 'proxy_http'];
const NOBODY = { uid: 65534, gid: 65534 };
const PAGE_BEHIND = '127.0.0.1:8080';

/** Debian's Apache with mod_auth_openidc, as `docs/applications/apache.md` says, in front of a page that knows nothing of sign-in. */
export async function startApache(service: TestService): Promise<RealApplication> {
  const as = process.getuid?.() === 0 ? NOBODY : undefined;
  const dir = await mkdtemp(join(tmpdir(), 'drawbridge-apache-'));
  if (as) await chown(dir, as.uid, as.gid);
  const behind = createServer(showClaims);
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const { port: portBehind } = behind.address() as AddressInfo;

  const { server, origin } = await onFreePort(async (port) => {
    const origin = `http://127.0.0.1:${port}`;
    const page = await followPage('apache', service, origin);
    const [virtualHost = ''] = page.code('apache');
    const settings = virtualHost
      .replace(PAGE_BEHIND, `127.0.0.1:${portBehind}`)
      .replace('CLIENT_ID', page.clientId)
      .replace('CLIENT_SECRET', page.clientSecret)
      .replace('RANDOM', randomBytes(16).toString('hex'));
    await writeFile(join(dir, 'httpd.conf'), `${serverSettings(dir, port)}\n${settings}`);
    const server = await startProcess({
      command: '/usr/sbin/apache2',
      args: ['-f', join(dir, 'httpd.conf'), '-D', 'FOREGROUND'],
      as,
      ready: async () => (await fetch(`${origin}/signed-out`)).ok,
    });
    return { server, origin };
  });

  return {
    origin,
    pid: server.pid,
    signOutUrl: `${origin}/sso?logout=${encodeURIComponent(`${origin}/signed-out`)}`,
    output: () => readFile(join(dir, 'error.log'), 'utf8'),
    async stop() {
      await server.stop();
      behind.close();
      behind.closeAllConnections();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** What Debian's own configuration says elsewhere; small, and in a directory of its own. */
const serverSettings = (dir: string, port: number): string =>
  [
    ...[`ServerRoot ${dir}`, `PidFile ${dir}/pid`, `ErrorLog ${dir}/error.log`],
    ...[`Listen 127.0.0.1:${port}`, 'ServerName 127.0.0.1', 'Mutex pthread'],
    ...MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    ...['StartServers 1', 'ServerLimit 1', 'ThreadsPerChild 8', 'MaxRequestWorkers 8'],
  ].join('\n');

/** The claims that it is told in headers. */
function showClaims({ headers }: IncomingMessage, res: ServerResponse): void {
  const claims = Object.entries(headers)
    .filter(([name]) => name.startsWith('oidc_claim_'))
    .map(([name, value]) => [name.slice('oidc_claim_'.length), Buffer.from(String(value), 'latin1').toString()]);
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.end(JSON.stringify(Object.fromEntries(claims)));
}
