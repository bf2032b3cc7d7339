// What a process has used, from Linux's /proc. Counters are read before and after a run and subtracted, so the start of the
// process and everything between runs cost nothing. /proc/PID/stat sums all threads: for Node that includes the collector's and
// the compiler's, which is what a fair comparison with a C server needs.

import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc/PID/stat: Linux fixes USER_HZ at 100 on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;
const MICROS_PER_TICK = 1_000_000 / TICKS_PER_SECOND;

/** User + system time of the process, all threads, in µs (10 ms steps). Throws when there is no such process. */
export function cpuMicros(pid: number): number {
  return parseCpuMicros(readFileSync(`/proc/${pid}/stat`, 'latin1'));
}

/** Physical memory the process occupies, in bytes. Throws when there is no such process. */
export function residentBytes(pid: number): number {
  return parseResidentBytes(readFileSync(`/proc/${pid}/status`, 'latin1'));
}

/** User + system µs from the text of /proc/PID/stat. The command name in brackets may itself hold spaces and brackets. */
export function parseCpuMicros(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) throw new Error(`not a /proc/PID/stat line: ${stat.slice(0, 80)}`);
  return ticks * MICROS_PER_TICK;
}

/** VmRSS in bytes from the text of /proc/PID/status. */
export function parseResidentBytes(status: string): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  if (match === null) throw new Error('no VmRSS in /proc/PID/status');
  return Number(match[1]) * 1024;
}

/** Nanoseconds a thread was ready to run but had no CPU, from the text of /proc/PID/schedstat; 0 when not known. */
export function parseWaitNanos(schedstat: string): number {
  const waited = Number(schedstat.split(' ')[1]);
  return Number.isFinite(waited) ? waited : 0;
}
