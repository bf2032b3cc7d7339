import { median } from './order-statistics.ts';
import type { Pair } from './pair.ts';

export type Unit = 'bytes' | 'MB' | 'ms' | 'requests/s' | 'µs' | 'µs/op' | 'x';

/** One figure of a measure other than a rate test. A server that cannot tell has NaN. */
export interface MeasureResult {
  /** Its name among the targets. */
  readonly figure: string;
  readonly title: string;
  readonly unit: Unit;
  readonly hotset: number;
  readonly redis: number;
  /** Hotset's figure divided by redis-server's. */
  readonly ratio: number;
  /** Each round's figures, when there were several. */
  readonly rounds?: readonly Pair<number>[];
  readonly note?: string;
}

/** A figure measured over rounds: each server's median, and the median of the rounds' ratios. */
export function overRounds(figure: string, title: string, unit: Unit, rounds: readonly Pair<number>[]): MeasureResult {
  return {
    figure,
    title,
    unit,
    hotset: median(rounds.map(({ hotset }) => hotset)),
    redis: median(rounds.map(({ redis }) => redis)),
    ratio: median(rounds.map(({ hotset, redis }) => hotset / redis)),
    rounds,
  };
}

/** A figure of which the worst round counts: each server's largest. */
export function worstOfRounds(
  figure: string,
  title: string,
  unit: Unit,
  rounds: readonly Pair<number>[],
): MeasureResult {
  const hotset = Math.max(...rounds.map((round) => round.hotset));
  const redis = Math.max(...rounds.map((round) => round.redis));
  return { figure, title, unit, hotset, redis, ratio: hotset / redis, rounds };
}
