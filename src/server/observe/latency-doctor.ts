/** LATENCY DOCTOR: the events that were noted, in words, and what can be done about each. */
import type { LatencyEvent, LatencyMonitor } from './latency-monitor.ts';

/** What the advice depends on. */
export interface LatencyConditions {
  /** Microseconds; negative when the slow log is off. */
  readonly slowLogMicros: number;
}

const OFF =
  'The latency monitor is off, so there is nothing to report. Turn it on with ' +
  '"CONFIG SET latency-monitor-threshold <milliseconds>": choose the longest delay that your clients can bear.\n';
const NOTHING = 'No delay was noted: nothing has taken as long as latency-monitor-threshold since the last reset.\n';

export function latencyDiagnosis(monitor: LatencyMonitor, conditions: LatencyConditions): string {
  const events = [...monitor.events.values()];
  if (events.length === 0) return monitor.thresholdMillis === 0 ? OFF : NOTHING;
  const findings = events.map((event, i) => `${i + 1}. ${finding(event)}\n`);
  const advice = events.flatMap(({ name }) => adviceOn(name, conditions, monitor.thresholdMillis));
  return `Delays were noted:\n\n${findings.join('')}\nWhat can be done:\n\n${advice.map((text) => `- ${text}\n`).join('')}`;
}

function finding({ name, samples, maxMillis }: LatencyEvent): string {
  const values = samples.map(({ millis }) => millis);
  const average = mean(values);
  const deviation = mean(values.map((value) => Math.abs(value - average)));
  const span = samples[samples.length - 1].unixSeconds - samples[0].unixSeconds;
  const period = samples.length > 1 ? `, one in ${(span / (samples.length - 1)).toFixed(1)} seconds` : '';
  return (
    `${name}: ${samples.length === 1 ? '1 delay' : `${samples.length} delays`}${period}; average ${Math.round(average)} ms, ` +
    `mean deviation ${Math.round(deviation)} ms, worst ever ${maxMillis} ms.`
  );
}

function adviceOn(event: string, conditions: LatencyConditions, thresholdMillis: number): string[] {
  switch (event) {
    case 'command':
      return [...slowLogAdvice(conditions, thresholdMillis)];
    case 'fast-command':
      return [
        'Commands that take constant time were slow: look for a machine that is short of processors or memory (swapping), ' +
          'for very large values, and for garbage-collection below.',
      ];
    case 'expire-cycle':
      return ['Many or very large keys expire at the same moment: spread their deadlines, or split the values.'];
    case 'eviction-cycle':
      return [
        'Eviction has much to remove: raise maxmemory, lower maxmemory-eviction-tenacity, or write smaller values.',
      ];
    case 'garbage-collection':
      return ['The JavaScript heap is busy: many connections, or very large pipelines and replies. See INFO memory.'];
    default:
      return [];
  }
}

function* slowLogAdvice({ slowLogMicros }: LatencyConditions, thresholdMillis: number): Iterable<string> {
  if (slowLogMicros < 0) {
    yield `Turn the slow log on to see which commands it were: CONFIG SET slowlog-log-slower-than ${thresholdMillis * 1000}.`;
  } else if (slowLogMicros > thresholdMillis * 1000) {
    yield `The slow log misses some of these commands: CONFIG SET slowlog-log-slower-than ${thresholdMillis * 1000}.`;
  } else yield 'SLOWLOG GET shows which commands it were.';
  yield 'Commands that take all of a large value or of all keys (KEYS, SMEMBERS, ...) have cheaper forms: SCAN and the like.';
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
