import { describe, expect, test } from 'vitest';
import { latencyDiagnosis } from './latency-doctor.ts';
import { latencyGraph } from './latency-graph.ts';
import { type LatencyEvent, LatencyMonitor } from './latency-monitor.ts';

function monitorOf(
  threshold: number,
  samples: readonly (readonly [seconds: number, millis: number])[],
): LatencyMonitor {
  const monitor = new LatencyMonitor();
  monitor.thresholdMillis = threshold;
  for (const [seconds, millis] of samples) monitor.note('command', millis * 1000, seconds * 1000);
  return monitor;
}

function eventOf(...samples: (readonly [number, number])[]): LatencyEvent {
  const event = monitorOf(1, samples).events.get('command');
  if (event === undefined) throw new Error('nothing was noted');
  return event;
}

const samplesOf = (event: LatencyEvent): number[][] =>
  event.samples.map(({ unixSeconds, millis }) => [unixSeconds, millis]);

describe('samples', () => {
  test('from the threshold on, in whole milliseconds; at 0 none', () => {
    const monitor = monitorOf(0, [[1, 5000]]);
    expect(monitor.events.size).toBe(0);
    monitor.thresholdMillis = 10;
    monitor.note('command', 9_999, 1000);
    expect(monitor.events.size).toBe(0);
    monitor.note('command', 10_999, 1999);
    expect(monitor.events.get('command')?.newest).toEqual({ unixSeconds: 1, millis: 10 });
  });

  test('of a second the worst is kept', () => {
    const event = eventOf([1, 20], [1, 30], [1, 10], [2, 5]);
    expect(samplesOf(event)).toEqual([
      [1, 30],
      [2, 5],
    ]);
    expect(event.maxMillis).toBe(30);
  });

  test('160 are kept, and the worst ever beyond them', () => {
    const event = eventOf([0, 999], ...Array.from({ length: 160 }, (_, i) => [i + 1, 2] as const));
    expect(event.samples).toHaveLength(160);
    expect(event.samples[0].unixSeconds).toBe(1);
    expect(event.maxMillis).toBe(999);
  });

  test('a reset forgets one event', () => {
    const monitor = monitorOf(1, [[1, 2]]);
    expect(monitor.reset('nothing')).toBe(false);
    expect(monitor.reset('command')).toBe(true);
    expect(monitor.events.size).toBe(0);
  });
});

describe('graph', () => {
  test('columns from low to high, ages read downwards', () => {
    const lines = latencyGraph(eventOf([100, 2], [101, 6], [112, 10]), 112).split('\n');
    expect(lines[0]).toBe('command - high 10 ms, low 2 ms (all time high 10 ms)');
    expect(lines.slice(2)).toEqual(['  #', '  |', ' #|', '_||', '', '110', '21s', 'ss', '']);
  });

  test('one height when all are the same; never wider than 80', () => {
    expect(
      latencyGraph(eventOf([1, 7], [2, 7]), 4000)
        .split('\n')
        .slice(2, 6),
    ).toEqual(['##', '||', '||', '||']);
    const many = eventOf(...Array.from({ length: 160 }, (_, i) => [i, i + 1] as const));
    for (const line of latencyGraph(many, 200_000).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('doctor', () => {
  test('says how to turn the monitor on, or that all is well', () => {
    expect(latencyDiagnosis(monitorOf(0, []), { slowLogMicros: 10_000 })).toContain(
      'CONFIG SET latency-monitor-threshold',
    );
    expect(latencyDiagnosis(monitorOf(5, []), { slowLogMicros: 10_000 })).toMatch(/^No delay/);
  });

  test('counts delays and knows the slow log', () => {
    const samples = [
      [10, 10],
      [12, 20],
      [14, 30],
    ] as const;
    const text = latencyDiagnosis(monitorOf(5, samples), { slowLogMicros: 10_000 });
    expect(text).toContain(
      '1. command: 3 delays, one in 2.0 seconds; average 20 ms, mean deviation 7 ms, worst ever 30 ms.',
    );
    expect(text).toContain('CONFIG SET slowlog-log-slower-than 5000');
    expect(latencyDiagnosis(monitorOf(5, samples), { slowLogMicros: -1 })).toContain('Turn the slow log on');
    expect(latencyDiagnosis(monitorOf(5, samples), { slowLogMicros: 1000 })).toContain('SLOWLOG GET');
  });
});
