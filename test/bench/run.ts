import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { benchAcs, benchPinned } from './acs';
import { benchOidcSide } from './bridge';
import { slowestRefusals, type Refusal } from './refusals';
import { median, type Measured, type Plan } from './rounds';
import { benchWholeWay } from './whole-way';

/**
 * Short rounds, so that what else the machine does meets a candidate and its reference alike. A process goes on compiling
 * what it runs for some five hundred sign-ins; what a service that is up for weeks costs shows after that.
 */
const PLAN: Plan = { warmUp: 12, rounds: 10, operations: 40 };

/** Each part with its reference as the second candidate. */
const PARTS: Readonly<Record<string, () => Promise<Measured[]>>> = {
  'ACS route, assertion signed': () => benchAcs(PLAN, 'assertion'),
  'ACS route, response and assertion signed': () => benchAcs(PLAN, 'both'),
  'Pinned certificates, the signer in the message': () => benchPinned(PLAN, true),
  'Pinned certificates, no hint in the message': () => benchPinned(PLAN, false),
  'Application, the whole way by SAML': () => benchWholeWay(PLAN),
  'Application of somebody who is signed in': () => benchOidcSide(PLAN),
};

const REFUSALS = 'Slowest refusals';

/** What is measured once and over minutes, each in a process of its own beside its reference. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'People through the door': 'door.ts',
  'A file of people, to accounts': 'imports.ts',
  'A file of people, read': 'spreadsheet.ts',
  'Sign-ins beside an import': 'beside.ts',
};

/** All parts, or those whose name contains the argument. */
async function main([wanted = '']: readonly string[]): Promise<void> {
  const isWanted = (name: string): boolean => name.toLowerCase().includes(wanted.toLowerCase());
  if (isWanted(REFUSALS)) printRefusals(await slowestRefusals());
  for (const [name, part] of Object.entries(PARTS)) if (isWanted(name)) print(name, await part());
  for (const [name, script] of Object.entries(SCRIPTS)) if (isWanted(name)) runScript(name, script);
}

function runScript(name: string, script: string): void {
  console.log(`\n${name}`);
  execFileSync(process.execPath, ['--import', 'tsx', join(__dirname, script)], { stdio: 'inherit' });
}

function printRefusals({ ordinary, slowest }: { ordinary: Refusal; slowest: readonly Refusal[] }): void {
  console.log(`\n${REFUSALS} of a SAML response (CPU ms)`);
  for (const { name, rule, cpuMs } of [...slowest, ordinary])
    console.log(`  ${name.padEnd(50)} ${cpuMs.toFixed(0).padStart(5)}  ${rule}`);
}

function print(part: string, [candidate, reference]: readonly Measured[]): void {
  if (!candidate || !reference) throw new Error(`${part}: a part has a candidate and a reference`);
  console.log(`\n${part} (CPU ms per operation, median of ${candidate.rounds.length} rounds, lowest and highest)`);
  for (const { name, rounds } of [candidate, reference]) console.log(line(name, rounds));
  console.log(
    line(
      'ratio, round by round',
      candidate.rounds.map((figure, index) => figure / (reference.rounds[index] ?? NaN)),
    ),
  );
}

const line = (name: string, figures: readonly number[]): string =>
  `  ${name.padEnd(34)} ${median(figures).toFixed(2)}  (${Math.min(...figures).toFixed(2)} to ${Math.max(...figures).toFixed(2)})`;

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
