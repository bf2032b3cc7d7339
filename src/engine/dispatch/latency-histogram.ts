/**
 * How long calls took, in logarithmic buckets: 64 steps a power of two, so a percentile is at most 1.6 % too high.
 * Recording is an addition to a typed array. From 1 microsecond to about 17 seconds; longer counts as that.
 */
const STEP_BITS = 6;
const STEPS = 1 << STEP_BITS;
const MAX_MICROS = 2 ** 24 - 1;

export class LatencyHistogram {
  /** Doubles: a busy server fills 32 bits in an hour. */
  private readonly counts = new Float64Array((24 - STEP_BITS + 1) * STEPS);
  total = 0;

  /** Adds calls of so many microseconds each. */
  record(calls: number, micros: number): void {
    const value = micros < 1 ? 1 : micros > MAX_MICROS ? MAX_MICROS : micros | 0;
    this.counts[indexOf(value)] += calls;
    this.total += calls;
  }

  reset(): void {
    this.counts.fill(0);
    this.total = 0;
  }

  /** The duration, in microseconds, that `percent` of the calls did not exceed. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((this.total * percent) / 100));
    let seen = 0;
    for (let i = 0; i < this.counts.length; i++) {
      seen += this.counts[i];
      if (seen >= wanted) return highestOf(i);
    }
    return 0;
  }

  /** Calls of at most `micros` microseconds; exact one below a power of two, else with the rest of a bucket. */
  countUpTo(micros: number): number {
    let seen = 0;
    for (let i = 0; i < this.counts.length && lowestOf(i) <= micros; i++) seen += this.counts[i];
    return seen;
  }
}

/** Values below 64 have a bucket each; above, the six bits behind the leading one choose it. */
function indexOf(value: number): number {
  if (value < STEPS) return value;
  const shift = 31 - Math.clz32(value) - STEP_BITS;
  return (shift + 1) * STEPS + ((value >>> shift) & (STEPS - 1));
}

function lowestOf(index: number): number {
  if (index < STEPS) return index;
  const shift = (index >>> STEP_BITS) - 1;
  return (STEPS + (index & (STEPS - 1))) * 2 ** shift;
}

function highestOf(index: number): number {
  return lowestOf(index + 1) - 1;
}
