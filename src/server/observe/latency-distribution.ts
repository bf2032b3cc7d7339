/** LATENCY HISTOGRAM's form of a histogram: how many calls took at most so long, at bounds that double. */
import type { LatencyHistogram } from '../../engine/dispatch/latency-histogram.ts';
import type { Reply } from '../../protocol/reply.ts';

/** Redis's bounds: powers of two of 1024 nanoseconds, 1/128 wide. In microseconds 1, 2, 4, 8, 16, 33, 66, 132, … */
function boundMicros(exponent: number): number {
  return Math.floor((1024 * 2 ** exponent * (1 + 1 / 128) - 1) / 1000);
}

/** Replies with a map of microseconds to the number of calls that took no longer; only bounds that add calls. */
export function replyDistribution(histogram: LatencyHistogram, reply: Reply): void {
  const map = reply.beginMap();
  let pairs = 0;
  let counted = 0;
  for (let exponent = 0; counted < histogram.total; exponent++) {
    const micros = boundMicros(exponent);
    const count = histogram.countUpTo(micros);
    if (count === counted) continue;
    counted = count;
    reply.integer(micros);
    reply.integer(count);
    pairs++;
  }
  reply.endMap(map, pairs);
}
