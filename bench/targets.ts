// What Hotset must reach. The only place these numbers stand.

/** A figure's bound. `ratio` bounds Hotset's figure divided by redis-server's, `value` Hotset's figure itself. */
export interface Target {
  readonly of: 'ratio' | 'value';
  readonly atLeast?: number;
  readonly atMost?: number;
  /** What is hoped for beyond the bound. */
  readonly aim?: number;
}

export type RateFigure = 'rps' | 'cpu';

/** Keyed by `<test> -P <pipeline> <figure>` for rate tests and by the figure's name for the other measures. */
const TARGETS: Readonly<Record<string, Target>> = {
  'set -P 16 rps': { of: 'ratio', atLeast: 1.25 },
  'set -P 16 cpu': { of: 'ratio', atMost: 0.8 },
  'get -P 16 rps': { of: 'ratio', atLeast: 1.25 },
  'get -P 16 cpu': { of: 'ratio', atMost: 0.8 },
  'set -P 1 rps': { of: 'ratio', atLeast: 0.97, aim: 1 },
  'set -P 1 cpu': { of: 'ratio', atMost: 1.15 },
  'get -P 1 rps': { of: 'ratio', atLeast: 0.97, aim: 1 },
  'get -P 1 cpu': { of: 'ratio', atMost: 1.15 },
  'used-memory-per-key': { of: 'ratio', atMost: 0.85 },
  'resident-after-load': { of: 'ratio', atMost: 1 },
  'javascript-heap-growth': { of: 'value', atMost: 16 * 1024 * 1024 },
  'used-memory-smallHashes': { of: 'ratio', atMost: 1 },
  'used-memory-ranking': { of: 'ratio', atMost: 1 },
  'used-memory-elements': { of: 'ratio', atMost: 1 },
  'growth-longest-pause': { of: 'value', atMost: 10 },
  'maxmemory-peak': { of: 'value', atMost: 1.02 },
  'maxmemory-rps': { of: 'ratio', atLeast: 0.9 },
  'hand-off-one-p50': { of: 'ratio', atMost: 1 },
  'hand-off-one-p99': { of: 'ratio', atMost: 1 },
  'hand-off-many-p50': { of: 'ratio', atMost: 1 },
  'hand-off-many-p99': { of: 'ratio', atMost: 1 },
  'bullmq-added': { of: 'ratio', atLeast: 0.95 },
  'bullmq-processed': { of: 'ratio', atLeast: 0.95 },
};

/** By the beginning of the test's name, at every pipeline. */
const FAMILY_RATES: readonly (readonly [prefix: string, target: Target])[] = [
  ['evalsha', { of: 'ratio', atLeast: 0.8, aim: 1 }],
  ['publish', { of: 'ratio', atLeast: 1 }],
  ['multi', { of: 'ratio', atLeast: 1 }],
  ['xadd', { of: 'ratio', atLeast: 1 }],
  ['xreadgroup', { of: 'ratio', atLeast: 1 }],
];

/** Every pipelined test has at least redis-server's rate, where nothing else is said. */
const PIPELINED_RATE: Target = { of: 'ratio', atLeast: 1 };
/** The geometric mean of the pipelined tests' rates. */
export const MEAN_RATE: Target = { of: 'ratio', atLeast: 1.15 };

export function rateTarget(test: string, pipeline: number, figure: RateFigure): Target | undefined {
  const own = TARGETS[`${test} -P ${pipeline} ${figure}`];
  if (own !== undefined || figure !== 'rps') return own;
  const family = FAMILY_RATES.find(([prefix]) => test.startsWith(prefix));
  return family?.[1] ?? (pipeline === 16 ? PIPELINED_RATE : undefined);
}

export function measureTarget(figure: string): Target | undefined {
  return TARGETS[figure];
}

/** 'ok', or which side of the bound the value is on; 'not measured' when there is no value. */
export function verdict(target: Target, value: number): 'ok' | 'below' | 'above' | 'not measured' {
  if (!Number.isFinite(value)) return 'not measured';
  if (target.atLeast !== undefined && value < target.atLeast) return 'below';
  if (target.atMost !== undefined && value > target.atMost) return 'above';
  return 'ok';
}
