// Starts the built service on a fresh directory, as `npm start` does, asks it for its first page and stops it. Plain
// Node, so that any version can run it: `npx -y -p node@24 node test/support/smoke.mjs` after `npm run build`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const START = 60_000;
const STOP = 20_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'drawbridge-smoke-'));
const port = await freePort();
const origin = `http://127.0.0.1:${port}`;

const service = spawn(process.execPath, ['dist/src/server.js'], {
  cwd: root,
  env: { PATH: process.env.PATH, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
  stdio: 'inherit',
});
const exited = once(service, 'exit');
try {
  await untilReady();
  const page = await fetch(`${origin}/`, { redirect: 'manual' });
  assert.equal(page.status, 200, 'GET / answers 200');
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/, 'GET / answers a page');
  service.kill('SIGTERM');
  const [code] = await Promise.race([exited, delay(STOP, ['no end'], { ref: false })]);
  assert.equal(code, 0, 'SIGTERM ends it with code 0');
  assert.deepEqual(processesIn(dataDir), [], 'no process is left');
  console.log(`The service starts, answers and stops on Node ${process.version}.`);
} finally {
  service.kill('SIGKILL');
  await exited;
  for (const { pid } of processesIn(dataDir)) process.kill(pid, 'SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function untilReady() {
  const deadline = Date.now() + START;
  for (;;) {
    const answer = await fetch(`${origin}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    assert.equal(service.exitCode ?? service.signalCode, null, 'the service keeps running until it is ready');
    assert.ok(Date.now() < deadline, `/readyz answers 200 within ${START} ms; last: ${answer?.status}`);
    await delay(50);
  }
}

/** Processes that work inside the directory: Postgres does in its own. Linux only; elsewhere none is found. */
function processesIn(dir) {
  const pids = attempt(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name))) ?? [];
  return pids
    .filter((pid) => attempt(() => readlinkSync(`/proc/${pid}/cwd`))?.startsWith(dir))
    .map((pid) => ({ pid: Number(pid), name: attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) }));
}

function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
