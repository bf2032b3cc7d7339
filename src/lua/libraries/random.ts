/**
 * The generator behind `math.random`: the 48 bits of POSIX's `lrand48`, which Redis has as its own so that a seed gives the
 * same numbers everywhere. Nothing but `math.randomseed` seeds it: scripts go on where the last one stopped.
 *
 *   X' = (X * 0x5DEECE66D + 0xB) mod 2^48, of which the upper 31 bits are the result
 *
 * X is kept in two halves of 24 bits, so that every product is an exact double.
 */

const HALF = 2 ** 24;
const MULTIPLIER_HIGH = 0x5de;
const MULTIPLIER_LOW = 0xece66d;
const INCREMENT = 0xb;
const SEED_LOW = 0x330e;
const UNSEEDED_HIGH = 0x1234ab;
const UNSEEDED_LOW = 0xcd330e;

export class Random {
  private high = UNSEEDED_HIGH;
  private low = UNSEEDED_LOW;

  /** Begins the sequence of `seed`, an integer of 32 bits. */
  seed(seed: number): void {
    this.high = seed >>> 8;
    this.low = (seed & 0xff) * 2 ** 16 + SEED_LOW;
  }

  /** An integer of 31 bits. */
  next(): number {
    const low = this.low * MULTIPLIER_LOW + INCREMENT;
    const high = this.high * MULTIPLIER_LOW + this.low * MULTIPLIER_HIGH + Math.floor(low / HALF);
    this.low = low % HALF;
    this.high = high % HALF;
    return this.high * 2 ** 7 + (this.low >>> 17);
  }
}
