/**
 * How many distinct elements a HyperLogLog has seen, from how many of its registers have each value.
 *
 * Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv:1702.01284: one formula for all
 * sizes, without tables of corrections. The operations and their order are Redis's, so that the doubles are the same.
 */
import { REGISTERS } from './hyperloglog-dense.ts';

/** Bits of a hash that count zeroes; a register is at most one more. */
export const COUNTED_BITS = 50;
/** 1 / (2 ln 2). */
const ALPHA = 0.7213475204444817;

/** The estimate, rounded; where registers have values no hash gives it may be beyond any integer. */
export function estimate(histogram: Int32Array): number {
  let z = REGISTERS * tau((REGISTERS - histogram[COUNTED_BITS + 1]) / REGISTERS);
  for (let i = COUNTED_BITS; i >= 1; i--) z = (z + histogram[i]) * 0.5;
  z += REGISTERS * sigma(histogram[0] / REGISTERS);
  return Math.round((ALPHA * REGISTERS * REGISTERS) / z);
}

/** The share of empty registers, x, weighed: x + x^2 + 2 x^4 + 4 x^8 + … */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let weight = 1;
  let sum = x;
  for (;;) {
    x *= x;
    const before = sum;
    sum += x * weight;
    weight += weight;
    if (sum === before) return sum;
  }
}

/** The share of registers that are not full, weighed. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let weight = 1;
  let sum = 1 - x;
  for (;;) {
    x = Math.sqrt(x);
    const before = sum;
    weight *= 0.5;
    sum -= (1 - x) * (1 - x) * weight;
    if (sum === before) return sum / 3;
  }
}
