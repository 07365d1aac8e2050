import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** What jest wrote, as counts. A suite that did not even run counts as a failed test. */
export function countsOf(results, exitCode) {
  if (!results) return { passed: 0, failed: 1, skipped: 0 };
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const isUnexplained = exitCode !== 0 && failed === 0 && results.numTotalTests > 0;
  return {
    passed: results.numPassedTests,
    failed: failed + (isUnexplained ? 1 : 0),
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** Suites that lacked a real part, as `describeWith` recorded them. */
export function readMissing(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Lines that name the missing parts and, for each, the tests that were skipped for want of it. */
export function missingReport(missing, results, parts) {
  const names = [...new Set(missing.flatMap((entry) => entry.missing))].sort();
  return names.flatMap((part) => [
    `  ${part}${part in parts ? ` (Debian: ${parts[part].packages.join(' ')})` : ''}`,
    ...missing.filter((entry) => entry.missing.includes(part)).flatMap((entry) => suiteReport(entry, results)),
  ]);
}

function suiteReport({ suite, file }, results) {
  const tests = results?.testResults.find((result) => result.name === file)?.assertionResults ?? [];
  const skipped = tests.filter((test) => test.ancestorTitles.includes(suite) && test.status === 'pending');
  return [`    ${suite} (${relative(process.cwd(), file)})`, ...skipped.map((test) => `      skipped: ${test.title}`)];
}
