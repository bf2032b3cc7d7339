// Turns results into the tables that are printed: one of the rate tests, one of the other measures.

import type { MeasureResult, Unit } from './measure.ts';
import type { Pair } from './pair.ts';
import { medians, type RateResult, type RateSample, ratioSpread, type Spread } from './rates.ts';
import type { Column, Table } from './table.ts';
import { MEAN_RATE, measureTarget, rateTarget, type Target, verdict } from './targets.ts';

const MEBIBYTE = 1024 * 1024;
const NONE = '-';

export function rateTable(results: readonly RateResult[]): Table {
  const failures = results.filter((result) => result.failure !== undefined);
  return {
    title: 'Rates',
    columns: [
      left('test'),
      right('rps hotset'),
      right('rps redis'),
      right('ratio'),
      right('µs/op hotset'),
      right('µs/op redis'),
      right('ratio'),
      right('p50 ms h/r'),
      right('p99 ms h/r'),
      right('p99.9 ms h/r'),
      right('RSS MB h/r'),
      left('target'),
    ],
    rows: results.map(rateRow),
    notes: [
      'medians of the rounds; ratio: median of the rounds’ ratios, hotset to redis (least-most); h/r: hotset/redis',
      'µs/op: user + system CPU of the server process, all threads, per request',
      ...meanNote(results),
      ...failures.map(({ title, pipeline, failure }) => `${title} -P ${pipeline} failed: ${failure}`),
    ],
  };
}

/** The geometric mean of the pipelined tests' ratios, where there are several. */
function meanNote(results: readonly RateResult[]): string[] {
  const ratios = results
    .filter(({ pipeline, rounds }) => pipeline > 1 && rounds.length > 0)
    .map(({ rounds }) => ratioSpread(rounds, 'requestsPerSecond').median);
  if (ratios.length < 2) return [];
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  return [
    `geometric mean of the ${ratios.length} pipelined rates: ${mean.toFixed(3)}x (${judgement(MEAN_RATE, mean)})`,
  ];
}

function rateRow(result: RateResult): string[] {
  const { test, title, pipeline, rounds } = result;
  const name = `${title} -P ${pipeline}`;
  const targets = [
    { label: 'rps', target: rateTarget(test, pipeline, 'rps'), figure: 'requestsPerSecond' },
    { label: 'CPU', target: rateTarget(test, pipeline, 'cpu'), figure: 'cpuMicrosPerRequest' },
  ] as const;
  const judged = targets.flatMap(({ label, target, figure }) => {
    if (target === undefined) return [];
    const value = rounds.length === 0 ? Number.NaN : ratioSpread(rounds, figure).median;
    return [`${label} ${judgement(target, value)}`];
  });
  if (rounds.length === 0) return [name, ...Array<string>(10).fill(NONE), judged.join('; ')];
  const rps = medians(rounds, 'requestsPerSecond');
  const cpu = medians(rounds, 'cpuMicrosPerRequest');
  const both = (figure: keyof RateSample, show: (value: number) => string): string =>
    slashed(medians(rounds, figure), show);
  return [
    name,
    thousands(rps.hotset),
    thousands(rps.redis),
    spread(ratioSpread(rounds, 'requestsPerSecond')),
    cpu.hotset.toFixed(2),
    cpu.redis.toFixed(2),
    spread(ratioSpread(rounds, 'cpuMicrosPerRequest')),
    both('p50Millis', millis),
    both('p99Millis', millis),
    both('p999Millis', millis),
    both('residentBytes', (bytes) => (bytes / MEBIBYTE).toFixed(0)),
    judged.join('; '),
  ];
}

export function measureTable(results: readonly MeasureResult[], failures: readonly string[]): Table {
  return {
    title: 'Memory, pauses, queues',
    columns: [left('measure'), right('hotset'), right('redis'), right('ratio'), left('target')],
    rows: results.map((result) => {
      const target = measureTarget(result.figure);
      const value = target?.of === 'ratio' ? result.ratio : result.hotset;
      return [
        result.title,
        quantity(result.hotset, result.unit),
        quantity(result.redis, result.unit),
        Number.isFinite(result.ratio) ? `${result.ratio.toFixed(3)}x` : NONE,
        target === undefined ? '' : judgement(target, value, result.unit),
      ];
    }),
    notes: [...results.flatMap(({ title, note }) => (note === undefined ? [] : [`${title}: ${note}`])), ...failures],
  };
}

/** `>= 1.25x: ok`, with the aim when there is one. */
function judgement(target: Target, value: number, unit: Unit = 'x'): string {
  const shown = (bound: number): string => (target.of === 'ratio' ? `${bound.toFixed(2)}x` : quantity(bound, unit));
  const bound =
    target.atLeast !== undefined ? `>= ${shown(target.atLeast)}` : `<= ${shown(target.atMost ?? Number.NaN)}`;
  const aim = target.aim === undefined ? '' : ` (aim ${shown(target.aim)})`;
  return `${bound}${aim}: ${verdict(target, value)}`;
}

function quantity(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return NONE;
  switch (unit) {
    case 'MB':
      return `${(value / MEBIBYTE).toFixed(1)} MB`;
    case 'bytes':
      return `${value.toFixed(1)} B`;
    case 'ms':
      return `${value.toFixed(2)} ms`;
    case 'x':
      return `${value.toFixed(3)}x`;
    case 'µs':
    case 'µs/op':
      return `${value.toFixed(2)} µs`;
    case 'requests/s':
      return thousands(value);
  }
}

function slashed(values: Pair<number>, show: (value: number) => string): string {
  return `${show(values.hotset)}/${show(values.redis)}`;
}

function spread({ median, least, most }: Spread): string {
  return `${median.toFixed(3)}x (${least.toFixed(2)}-${most.toFixed(2)})`;
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function millis(value: number): string {
  return value.toFixed(2);
}

function left(header: string): Column {
  return { header, align: 'left' };
}

function right(header: string): Column {
  return { header, align: 'right' };
}
