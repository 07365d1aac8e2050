/** How far something has come; `total` where it is known. */
export interface Progress {
  done: number;
  total: number | null;
}

const EVERY = 500;
const WIDTH = 24;

/** Shows on a terminal how far something has come, twice a second, until it is stopped; nothing where nobody looks. */
export function showProgress(
  words: string,
  terminal: NodeJS.WriteStream,
  look: () => Promise<Progress>,
): { stop(): void } {
  if (!terminal.isTTY) return { stop: () => undefined };
  const began = Date.now();
  const draw = async (): Promise<void> => {
    const progress = await look().catch(() => undefined);
    if (progress) terminal.write(`\r\u001b[K${lineOf(words, progress, Date.now() - began)}`);
  };
  const timer = setInterval(() => void draw(), EVERY);
  return {
    stop: () => {
      clearInterval(timer);
      terminal.write('\r\u001b[K');
    },
  };
}

/** `saving [#####-----] 12000 of 100000, 40 s left`. */
function lineOf(words: string, { done, total }: Progress, elapsed: number): string {
  if (!total) return `${words} ${done}`;
  const share = Math.min(1, done / total);
  const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '-');
  const left = done ? `, ${Math.ceil((elapsed * (1 - share)) / share / 1000)} s left` : '';
  return `${words} [${bar}] ${done} of ${total}${left}`;
}
