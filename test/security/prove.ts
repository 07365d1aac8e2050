import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT, without, type CheckOut } from './check-out';
import { CHECKS } from './checks';

/** Copies worked on side by side; each run starts a Postgres and often a service. */
const LANES = 2;

/** What a run of jest tells, as `--json` writes it. */
interface Results {
  numFailedTests: number;
  numPassedTests: number;
  numRuntimeErrorTestSuites: number;
}

type Verdict = 'proved' | 'survived' | 'no test ran' | 'broken';

/**
 * Takes each check out of a copy of the product, one at a time, and runs the tests of its requirement: at least one must
 * fail. `npm run prove`, with words of a check's name or a requirement's number to prove some of them only.
 */
async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const chosen = CHECKS.filter(
    ({ check, requirement }) =>
      !words.length || words.some((word) => String(requirement) === word || check.includes(word)),
  );
  const waiting = [...chosen];
  const verdicts: Verdict[] = [];
  const lane = async (): Promise<void> => {
    const copy = copyOfTree();
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { verdict, failed } = await prove(copy, next);
      verdicts.push(verdict);
      console.log(`${verdict.padEnd(12)} security ${next.requirement}: ${next.check} (${failed} failed)`);
    }
    rmSync(copy, { recursive: true, force: true });
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const proved = verdicts.filter((verdict) => verdict === 'proved').length;
  console.log(`${proved} of ${chosen.length} checks proved: without it, a test of its requirement fails.`);
  if (proved < chosen.length) process.exitCode = 1;
}

/** What git tracks, as it stands in the working tree, beside the same packages. */
function copyOfTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'drawbridge-prove-'));
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT });
  for (const file of list.toString().split('\0').filter(Boolean)) cpSync(join(ROOT, file), join(copy, file));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function prove(copy: string, checkOut: CheckOut): Promise<{ verdict: Verdict; failed: number }> {
  const file = join(copy, checkOut.file);
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, without(checkOut));
  try {
    const results = await runTests(copy, checkOut);
    return { verdict: verdictOf(results), failed: results?.numFailedTests ?? 0 };
  } finally {
    writeFileSync(file, before);
  }
}

function verdictOf(results: Results | undefined): Verdict {
  if (!results || results.numRuntimeErrorTestSuites > 0) return 'broken';
  if (results.numFailedTests > 0) return 'proved';
  return results.numPassedTests > 0 ? 'survived' : 'no test ran';
}

async function runTests(copy: string, { requirement, tests }: CheckOut): Promise<Results | undefined> {
  const jest = join(dirname(require.resolve('jest/package.json')), 'bin/jest.js');
  const output = join(copy, 'prove-results.json');
  rmSync(output, { force: true });
  const title = `security ${requirement}:`;
  const args = [jest, '-i', '--json', `--outputFile=${output}`, '-t', title, '--runTestsByPath', ...tests];
  const child = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore', env: { ...process.env, CI: '' } });
  await new Promise((resolve) => child.once('exit', resolve));
  try {
    return JSON.parse(readFileSync(output, 'utf8')) as Results;
  } catch {
    return undefined;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
