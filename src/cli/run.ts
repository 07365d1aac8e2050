import { CommanderError } from 'commander';
import { explain, Refusal } from './failure';
import { standardOutput, type Output } from './output';
import { createProgram } from './program';

/** As other tools have it: 0 done, 1 refused or something is wrong, 2 not understood. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command. Whatever the operator can mend is one clear line; only a defect shows its stack. */
export async function runCli(args: readonly string[], out: Output = standardOutput): Promise<ExitCode> {
  try {
    await createProgram(out).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    for (const line of explain(error)) out.complain(line);
    return error instanceof Refusal && error.isUsage ? 2 : 1;
  }
}
