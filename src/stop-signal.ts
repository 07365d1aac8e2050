const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SAME_KEYPRESS_MS = 1_000;

/**
 * Resolves when the process is asked to end. Asked again, it ends at once; but npm and tsx hand on a Ctrl-C that the
 * terminal has sent to the whole group already, so what comes within a second counts as the same.
 */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked: number | undefined;
    const onSignal = (): void => {
      if (asked === undefined) {
        asked = performance.now();
        return resolve();
      }
      if (performance.now() - asked > SAME_KEYPRESS_MS) process.exit(1);
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}
