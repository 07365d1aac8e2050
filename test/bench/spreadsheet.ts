import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { readSheet } from 'read-excel-file/node';
import writeXlsxFile from 'write-excel-file/node';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type * as Sources from '../../src/sources/spreadsheet/index';
import { ROOT } from '../support/built';
import { median } from './rounds';

const PEOPLE = Number(process.argv[2] ?? 100_000);
const ROUNDS = 3;
const HEADER = ['User name', 'Email', 'User type', 'Site', 'Given', 'Family', 'Department', 'Title', 'Ext', 'ID'];

const personOf = (n: number): string[] => [
  `Pat Lee ${n}`,
  `p.lee${n}@example.com`,
  'Standard',
  'HQ',
  'Pat',
  `Lee ${n}`,
  `Dept ${n % 50}`,
  'Clerk',
  String(n % 1000),
  String(n).padStart(7, '0'),
];

/** As it is compiled: a thread beside sources compiles them first. */
function sourceOf(): typeof Sources.spreadsheet {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const compiled = require(join(ROOT, 'dist/src/sources/spreadsheet/index.js')) as typeof Sources;
  return compiled.spreadsheet;
}

/** Ways of reading the same file; each yields how many lines it read. */
const READERS: Readonly<Record<string, (content: Buffer) => Promise<number>>> = {
  'csv, csv-parse alone': (content) => count(Readable.from([content]).pipe(parse())),
  'csv, the source': (content) => count(sourceOf().read({ name: 'people.csv', content })),
  'xlsx, read-excel-file alone': async (content) => {
    // As in the source's thread, which says why: by the clock it may not end at all on a busy machine.
    Date.now = () => 0;
    return (await readSheet(content)).length;
  },
  'xlsx, the source': (content) => count(sourceOf().read({ name: 'people.xlsx', content })),
};

interface Figures {
  cpu: number;
  wall: number;
  memory: number;
}

async function count(lines: AsyncIterable<unknown>): Promise<number> {
  let number = 0;
  for await (const line of lines) if (line) number++;
  return number;
}

/** In a process of its own, whose peak of memory is this reading's. */
async function measureOne(name: string, file: string): Promise<Figures> {
  const content = await readFile(file);
  await delay(200);
  const before = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const lines = await READERS[name]?.(content);
  const { user, system } = process.cpuUsage(cpu);
  const wall = performance.now() - began;
  if (!lines || lines < PEOPLE) throw new Error(`${name} read ${lines} lines`);
  return { cpu: (user + system) / 1000, wall, memory: process.resourceUsage().maxRSS / 1024 - before / 1024 / 1024 };
}

/** How much it costs to read a file of 100,000 people, CSV and XLSX, beside the parser alone, in turns within one run. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-bench-'));
  try {
    await writeFiles(folder);
    for (const format of ['csv', 'xlsx']) {
      const names = Object.keys(READERS).filter((name) => name.startsWith(format));
      const rounds: Figures[][] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const figures: Figures[] = [];
        for (const name of names) figures.push(await inProcess(name, join(folder, `people.${format}`)));
        rounds.push(figures);
      }
      names.forEach((name, index) =>
        print(
          name,
          rounds.map((figures) => figures[index]!),
        ),
      );
      const ratio = median(rounds.map(([alone, source]) => source!.cpu / alone!.cpu));
      console.log(`${format}: ${ratio.toFixed(2)} times the CPU time of the parser alone`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFiles(folder: string): Promise<void> {
  const lines = [HEADER, ...Array.from({ length: PEOPLE }, (_, index) => personOf(index + 1))];
  await writeFile(join(folder, 'people.csv'), stringify(lines));
  await writeXlsxFile(lines.map((line) => line.map((value) => ({ value, type: String })))).toFile(
    join(folder, 'people.xlsx'),
  );
}

async function inProcess(name: string, file: string): Promise<Figures> {
  const args = ['--import', 'tsx', __filename, String(PEOPLE), name, file];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Figures;
}

function print(name: string, rounds: readonly Figures[]): void {
  const of = (figure: keyof Figures) => median(rounds.map((figures) => figures[figure])).toFixed(0);
  console.log(`${name.padEnd(30)} ${of('cpu')} ms CPU, ${of('wall')} ms, ${of('memory')} MB more at the peak`);
}

const [, , , name, file] = process.argv;
const work = name && file ? measureOne(name, file).then((figures) => console.log(JSON.stringify(figures))) : main();
work.catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
