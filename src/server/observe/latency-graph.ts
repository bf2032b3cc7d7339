/**
 * LATENCY GRAPH: an event's samples as columns of text, the oldest left; below each, read downwards, how long ago.
 *
 *   command - high 51 ms, low 2 ms (all time high 51 ms)
 *   ----------------------------------------
 *      #
 *     #|
 *    _||
 *
 *    311
 *    s0s
 *      .
 */
import type { LatencyEvent } from './latency-monitor.ts';

const WIDTH = 80;
const HEIGHT = 4;

export function latencyGraph(event: LatencyEvent, nowSeconds: number): string {
  const samples = event.samples.slice(-WIDTH);
  const values = samples.map(({ millis }) => millis);
  const high = Math.max(...values);
  const low = Math.min(...values);
  const levels = values.map((value) => (high === low ? HEIGHT : Math.round(((value - low) * HEIGHT) / (high - low))));
  const ages = samples.map(({ unixSeconds }) => age(nowSeconds - unixSeconds));
  const lines = [
    `${event.name} - high ${high} ms, low ${low} ms (all time high ${event.maxMillis} ms)`,
    '-'.repeat(WIDTH),
    ...rows(HEIGHT, (row) => levels.map((level) => mark(level, HEIGHT - row)).join('')),
    '',
    ...rows(Math.max(...ages.map(({ length }) => length)), (row) => ages.map((text) => text[row] ?? ' ').join('')),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function rows(count: number, line: (row: number) => string): string[] {
  return Array.from({ length: count }, (_, row) => line(row));
}

/** What a column of height `level` shows in a row, counted from 1 at the bottom. */
function mark(level: number, row: number): string {
  if (level === row) return '#';
  if (level > row) return '|';
  return row === 1 ? '_' : ' ';
}

function age(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
