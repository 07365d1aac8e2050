import { runCli } from './cli/run';

// Whoever reads only the first lines, as `| head` does, has not met an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

// Ending through exit() stops the embedded Postgres that a command may have started.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  process.once(signal, () => process.exit(code));

void runCli(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
