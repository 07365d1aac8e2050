import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  parent: number;
  /** User and system time of the process and of its children that have ended, in milliseconds. */
  cpuMs: number;
}

/** CPU milliseconds that a process and everything below it have used so far, from /proc. */
export function cpuOfTree(root: number): number {
  const all = readProcesses();
  const isBelow = (pid: number): boolean => pid === root || (all.has(pid) && isBelow(all.get(pid)?.parent ?? 0));
  return [...all].filter(([pid]) => isBelow(pid)).reduce((sum, [, times]) => sum + times.cpuMs, 0);
}

function readProcesses(): Map<number, ProcessTimes> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(pids.flatMap((pid) => readTimes(pid)));
}

/** proc(5): after the name in parentheses come state, ppid, … utime, stime, cutime and cstime (14th to 17th) in clock ticks. */
function readTimes(pid: string): [number, ProcessTimes][] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, time) => sum + time, 0);
    return [[Number(pid), { parent: fields[1] ?? 0, cpuMs: (ticks * 1000) / TICKS_PER_SECOND }]];
  } catch {
    // It ended while we looked.
    return [];
  }
}
