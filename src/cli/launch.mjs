#!/usr/bin/env node
// What `npx drawbridge` runs: the compiled command, compiled first where it is missing or older than its sources, so
// that it works right after `npm ci`. Plain Node: it runs before anything is compiled.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/src/cli.js');
const stamp = join(root, 'dist/.tsbuildinfo');

function isStale() {
  if (!existsSync(program)) return true;
  if (!existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  return ['src', 'migrations'].some((folder) => sourcesIn(folder).some((file) => statSync(file).mtimeMs > built));
}

/** None where only the compiled program was installed. */
function sourcesIn(folder) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  const names = readdirSync(path, { recursive: true });
  return names.filter((name) => /\.(ts|json)$/.test(name)).map((name) => join(path, name));
}

/** Yields whether the program is there now. */
function build() {
  const compiler = findCompiler();
  if (!compiler) return existsSync(program);
  const args = [compiler, '-b', '--noCheck', join(root, 'tsconfig.build.json')];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  return status === 0 && existsSync(program);
}

function findCompiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

if (isStale() && !build()) {
  console.error('drawbridge: the program could not be compiled; run `npm ci` in its directory first');
  process.exit(1);
}
await import(pathToFileURL(program).href);
