import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from './latency-histogram.ts';

const LONGEST = 2 ** 24 - 1;
const PERCENTS = [0, 1, 25, 50, 90, 99, 99.9, 100];

/** Durations over all magnitudes. */
const micros = fc.oneof(
  fc.integer({ min: 1, max: 200 }),
  fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.double({ min: 1, max: 2, noNaN: true }))
    .map(([bits, part]) => 2 ** bits * part),
);

function histogramOf(durations: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const duration of durations) histogram.record(1, duration);
  return histogram;
}

describe('latency histogram', () => {
  it('knows percentiles to within 1.6 percent, never too low', () => {
    fc.assert(
      fc.property(fc.array(micros, { minLength: 1, maxLength: 1000, size: 'max' }), (durations) => {
        const histogram = histogramOf(durations);
        const sorted = durations.map((duration) => Math.min(LONGEST, Math.floor(duration))).sort((a, b) => a - b);
        for (const percent of PERCENTS) {
          const exact = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
          const answer = histogram.percentile(percent);
          expect(answer).toBeGreaterThanOrEqual(exact);
          expect(answer).toBeLessThanOrEqual(exact * (1 + 1 / 64));
        }
        expect(histogram.total).toBe(durations.length);
      }),
      { numRuns: 60 },
    );
  });

  it('counts calls up to a power of two exactly', () => {
    fc.assert(
      fc.property(fc.array(micros, { maxLength: 300 }), (durations) => {
        const histogram = histogramOf(durations);
        for (let bits = 0; bits <= 24; bits++) {
          const limit = 2 ** bits - 1;
          const exact = durations.filter((duration) => Math.min(LONGEST, Math.floor(duration)) <= limit).length;
          expect(histogram.countUpTo(limit)).toBe(exact);
        }
        for (let limit = 0; limit < 64; limit++) {
          expect(histogram.countUpTo(limit)).toBe(durations.filter((duration) => Math.floor(duration) <= limit).length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes every duration: none, negative, too long', () => {
    const histogram = histogramOf([0, 0.4, -5, 1e12, Number.POSITIVE_INFINITY]);
    expect([histogram.percentile(50), histogram.percentile(100), histogram.total]).toEqual([1, LONGEST, 5]);
    expect(histogram.countUpTo(1e12)).toBe(5);
  });

  it('answers 0 while there was no call, and after a reset', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.percentile(99)).toBe(0);
    histogram.record(1, 1000);
    histogram.reset();
    expect([histogram.percentile(50), histogram.total, histogram.countUpTo(LONGEST)]).toEqual([0, 0, 0]);
  });
});
