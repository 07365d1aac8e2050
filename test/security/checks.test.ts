import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, without } from './check-out';
import { readCorpus } from '../fixtures/saml/corpus';
import { CHECKS } from './checks';

/** Requirements of the list; 25 is about files, which nothing takes yet. */
const REQUIREMENTS = Array.from({ length: 28 }, (_, index) => index + 1).filter((number) => number !== 25);

const titles = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'test'], { cwd: ROOT })
  .toString()
  .split('\n')
  .filter((file) => file.endsWith('.test.ts') && !file.endsWith('checks.test.ts'))
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join('\n');

/** The corpus names its tests by the number that its index holds. */
const inCorpus = new Set(readCorpus().invalid.map(({ security }) => security));

test.each(REQUIREMENTS)('requirement %i has a test that carries its number', (number) => {
  if (!inCorpus.has(number)) expect(titles).toMatch(new RegExp(`security ${number}: `));
});

test.each(REQUIREMENTS)('requirement %i has checks that can be taken out', (number) => {
  expect(CHECKS.filter(({ requirement }) => requirement === number)).not.toEqual([]);
});

test.each(CHECKS)('security $requirement: $check can be taken out, and has tests', (checkOut) => {
  expect(without(checkOut)).not.toBe(readFileSync(join(ROOT, checkOut.file), 'utf8'));
  for (const file of checkOut.tests)
    expect(readFileSync(join(ROOT, file), 'utf8')).toMatch(/security \d+: |byRequirement|readDeclarations/);
});
