// `npm test`: installs what the tests need where it may, runs jest with the arguments it was given, and says what was
// skipped and why. The last line is `N passed, N failed, N skipped`. Plain Node: it runs before anything is compiled.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from './packages.mjs';
import { countsOf, missingReport, readMissing } from './summary.mjs';

const PATIENCE = 10_000;
const require = createRequire(import.meta.url);
const parts = JSON.parse(readFileSync(new URL('parts.json', import.meta.url), 'utf8'));
const dir = mkdtempSync(join(tmpdir(), 'drawbridge-tests-'));
const resultsFile = join(dir, 'results.json');
const missingFile = join(dir, 'missing');

/** Runs jest; yields its exit code. Once the results are written it gets a moment to end, then it is ended. */
function runJest(args) {
  const jest = require.resolve('jest/bin/jest');
  const child = spawn(process.execPath, [jest, '--json', `--outputFile=${resultsFile}`, ...args], {
    stdio: 'inherit',
    env: { ...process.env, DRAWBRIDGE_TEST_MISSING: missingFile },
  });
  // Ctrl-C reaches jest by itself; we only must not end before it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  let isTooLate = false;
  const watch = setInterval(() => {
    if (!existsSync(resultsFile)) return;
    clearInterval(watch);
    setTimeout(() => {
      isTooLate = true;
      console.log('jest did not end after the last test: something was left open. Ending it.');
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
    }, PATIENCE).unref();
  }, 250).unref();
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(console.log(String(error)) ?? 1));
    child.once('exit', (code) => resolve(isTooLate ? 0 : (code ?? 1)));
  });
}

function readResults() {
  try {
    return JSON.parse(readFileSync(resultsFile, 'utf8'));
  } catch {
    return undefined;
  }
}

installPackages(Object.values(parts).flatMap((part) => part.packages));
const exitCode = await runJest(process.argv.slice(2));
const results = readResults();
const missing = readMissing(missingFile);
rmSync(dir, { recursive: true, force: true });

const { passed, failed, skipped } = countsOf(results, exitCode);
if (missing.length > 0) {
  const outcome = process.env.CI === 'true' ? 'a failure, as CI=true' : 'their tests were skipped';
  console.log([`\nReal parts missing here; ${outcome}:`, ...missingReport(missing, results, parts)].join('\n'));
}
if (passed + failed === 0) console.log('No test ran.');
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
