import { InvalidArgumentError, type Command } from 'commander';
import { ConfigError } from '../../config';
import { normalizeEmail } from '../../domain/email-address';
import { examine } from '../doctor/examine';
import { findings, type Finding, type Level } from '../doctor/finding';
import { sendTestLetter } from '../doctor/mail';
import { Refusal } from '../failure';
import { readCommandConfig } from '../open';
import type { Output } from '../output';

/** `doctor`: looks at everything and says what to do. */
export function addDoctor(program: Command, out: Output): void {
  program
    .command('doctor')
    .description('look at database, keys, addresses and connections, and say what to do')
    .option('--send-test <address>', 'send a test letter there, and say whether the mail server took it', oneAddress)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Ends with code 1 when something is a problem; warnings do not count. Run it with the environment of the service, best
while the service runs.

Examples:
  $ drawbridge doctor
  $ drawbridge doctor --send-test me@example.com`,
    )
    .action(async ({ json, sendTest }: { json?: boolean; sendTest?: string }) => {
      const all: Finding[] = [];
      const report = (finding: Finding): void => {
        all.push(finding);
        if (!json) for (const line of linesOf(finding)) out.print(line);
      };
      await diagnose(report, sendTest);
      out.print(json ? JSON.stringify(all, null, 2) : `\n${countsOf(all)}`);
      if (all.some(({ level }) => level === 'problem')) throw new Refusal([]);
    });
}

function oneAddress(text: string): string {
  const address = normalizeEmail(text);
  if (!address) throw new InvalidArgumentError('It takes one e-mail address.');
  return address;
}

async function diagnose(report: (finding: Finding) => void, testAddress?: string): Promise<void> {
  try {
    const config = await readCommandConfig();
    await examine(config, report);
    if (testAddress) report(await sendTestLetter(config, testAddress));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const line of error.problems) report(findings('configuration').problem(line));
  }
}

const linesOf = ({ check, level, message, advice }: Finding): string[] => [
  `${level.padEnd(8)} ${check}: ${message}`,
  ...(advice ? [`         → ${advice}`] : []),
];

function countsOf(all: readonly Finding[]): string {
  const count = (level: Level, noun: string): string => {
    const number = all.filter((one) => one.level === level).length;
    return `${number || 'no'} ${noun}${number === 1 ? '' : 's'}`;
  };
  return `${count('problem', 'problem')}, ${count('warning', 'warning')}.`;
}
