import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followPage, type RealApplication } from './application-page';
import { onFreePort } from './free-port';
import { startProcess } from './processes';
import type { TestService } from './service';

const FILES = ['auth.config.js', 'app/backchannel-logout/route.js', 'app/sign-out/route.js'];
// Where packages of ours are found.
const OUTPUT = join(__dirname, '../../test-output');

/** Auth.js, with the files of `docs/applications/nextjs.md`, in a process of its own. */
export async function startAuthJs(service: TestService): Promise<RealApplication> {
  await mkdir(OUTPUT, { recursive: true });
  const dir = await mkdtemp(join(OUTPUT, 'authjs-'));
  await writeFile(join(dir, 'package.json'), '{"type":"module"}');
  for (const folder of ['app/backchannel-logout', 'app/sign-out']) await mkdir(join(dir, folder), { recursive: true });

  const { server, origin } = await onFreePort(async (port) => {
    const origin = `http://127.0.0.1:${port}`;
    const page = await followPage('nextjs', service, origin);
    for (const [index, text] of page.code('js').entries())
      // Next.js' package gives out that of Auth.js.
      await writeFile(join(dir, FILES[index] ?? ''), text.replace('next-auth/jwt', '@auth/core/jwt'));
    const server = await startProcess({
      command: process.execPath,
      args: [join(__dirname, 'authjs-host.mjs'), dir, String(port)],
      env: {
        AUTH_SECRET: randomBytes(32).toString('hex'),
        CLIENT_ID: page.clientId,
        CLIENT_SECRET: page.clientSecret,
      },
      ready: async () => (await fetch(origin)).ok,
    });
    return { server, origin };
  });

  return {
    origin,
    pid: server.pid,
    signOutUrl: `${origin}/sign-out`,
    output: () => Promise.resolve(server.output()),
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
