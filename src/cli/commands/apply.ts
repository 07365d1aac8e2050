import type { Command } from 'commander';
import { applyFile, type Applied } from '../../management/apply';
import { commandCaller } from '../../management/deps';
import { readApplyFile } from '../apply-file';
import { withInstallation } from '../open';
import type { Output } from '../output';

/** `apply FILE`: brings about what a file says. */
export function addApply(program: Command, out: Output): void {
  program
    .command('apply')
    .description('bring about organizations, connections, settings and applications from a file')
    .argument('<file>', 'JSON (docs/apply.md), or - for standard input')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
What the file does not speak of stays as it is; applied again, it changes nothing. The whole file is looked over before
anything is written.

Examples:
  $ drawbridge apply organizations.json
  $ generate-organizations | drawbridge apply -`,
    )
    .action(async (file: string, { json }: { json?: boolean }) => {
      const form = await readApplyFile(file);
      const all: Applied[] = [];
      const report = (applied: Applied): void => {
        all.push(applied);
        if (!json) out.print(lineOf(applied));
      };
      try {
        await withInstallation('apply', ({ deps }) => applyFile(deps, commandCaller, form, report));
      } finally {
        out.print(json ? JSON.stringify(all, null, 2) : `\n${countsOf(all)}`);
      }
    });
}

const lineOf = ({ organization, what, outcome }: Applied): string =>
  `${outcome.padEnd(9)}  ${organization === null ? '' : `${organization}: `}${what}`;

/** `2 created, 1 changed, 5 unchanged`. */
function countsOf(all: readonly Applied[]): string {
  const count = (outcome: Applied['outcome']): number => all.filter((one) => one.outcome === outcome).length;
  const [created, changed, unchanged] = [count('created'), count('changed'), count('unchanged')];
  if (!created && !changed) return `Nothing to change: ${unchanged} unchanged.`;
  return `${created} created, ${changed} changed, ${unchanged} unchanged.`;
}
