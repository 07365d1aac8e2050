import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SourceFailure } from '../source';
import { checkZip } from './check-zip';
import { isEmptyLine, type SheetLine, type SheetLines } from './sheet-line';
import type { Answer, Question } from './xlsx-worker';

const MOST_MEMORY_MB = 256;
/** Nearly all of a sheet is kept until it is parsed: more room for what is soon thrown away only costs memory. */
const YOUNG_MEMORY_MB = 16;
const PATIENCE = 60_000;
const MOST_SHEETS = 20;

/**
 * The lines of the first sheet of a workbook that has a header, or else of its first that is not empty. It is parsed in
 * a thread of its own with an end to its memory and its time (security 25). Throws `SourceFailure`.
 */
export async function* readXlsx(content: Uint8Array, hasHeader: (line: SheetLine) => boolean): SheetLines {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  await checkZip(bytes);
  const worker = startWorker(bytes);
  try {
    const sheet = await chooseSheet(worker, hasHeader);
    for (let from = 0; ;) {
      const lines = await ask(worker, { sheet, from });
      if (!lines?.length) return;
      yield* lines;
      from += lines.length;
    }
  } finally {
    await worker.terminate();
  }
}

const EXTENSION = extname(__filename);

function startWorker(content: Buffer): Worker {
  const worker = new Worker(join(__dirname, `xlsx-worker${EXTENSION}`), {
    workerData: content,
    // Beside sources that are run as they are, in development and tests, a thread needs their loader again.
    execArgv: EXTENSION === '.ts' ? ['--require', 'tsx/cjs'] : [],
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
  });
  // Whoever asks hears of it; between two questions nobody listens, and an error without a listener ends the process.
  return worker.on('error', () => undefined);
}

async function chooseSheet(worker: Worker, hasHeader: (line: SheetLine) => boolean): Promise<number> {
  let notEmpty: number | undefined;
  for (let sheet = 1; sheet <= MOST_SHEETS; sheet++) {
    const lines = await ask(worker, { sheet, from: 0 });
    if (!lines) break;
    const first = lines.find((line) => !isEmptyLine(line));
    if (first && hasHeader(first)) return sheet;
    if (first) notEmpty ??= sheet;
  }
  return notEmpty ?? 1;
}

async function ask(worker: Worker, question: Question): Promise<Answer> {
  const answered = once(worker, 'message', { signal: AbortSignal.timeout(PATIENCE) });
  worker.postMessage(question);
  try {
    const [answer] = (await answered) as [Answer];
    return answer;
  } catch (error) {
    throw failureOf(error as NodeJS.ErrnoException);
  }
}

function failureOf(cause: NodeJS.ErrnoException): SourceFailure {
  if (cause.name === 'AbortError')
    return new SourceFailure('file_takes_too_long', 'The workbook takes too long to read.');
  if (cause.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new SourceFailure(
      'file_needs_too_much_memory',
      'The workbook is too large to read: it may have cells far to the right of the people or far below them.',
    );
  return new SourceFailure('file_damaged', `The workbook cannot be read: ${cause.message}.`, { cause });
}
