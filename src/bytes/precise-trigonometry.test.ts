import fc from 'fast-check';
import { expect, test } from 'vitest';
import { preciseAsin, preciseCos, preciseSin } from './precise-trigonometry.ts';

const DIGITS = 45n;
const ONE = 10n ** DIGITS;

/** A double as a fraction of 10^45, exactly enough for angles that are not tiny. */
function fixed(x: number): bigint {
  let integer = x;
  let halvings = 0n;
  for (; !Number.isInteger(integer); integer *= 2) halvings++;
  return (BigInt(integer) * ONE) / 2n ** halvings;
}

/** The series of the sine, or the cosine, in 45 decimal places. */
function slowSeries(first: bigint, x: bigint, order: bigint): number {
  let sum = first;
  let term = first;
  for (let n = order; term !== 0n; n += 2n) {
    term = (-term * x * x) / (ONE * ONE) / (n * (n + 1n));
    sum += term;
  }
  return nearest(sum);
}

/** The double that is nearest. */
function nearest(value: bigint): number {
  return Number(`${value}e-${DIGITS}`);
}

const angle = fc.double({ min: -1.4845, max: 1.4845, noNaN: true }).filter((x) => Math.abs(x) > 1e-6);

test('sine and cosine are the nearest doubles', () => {
  fc.assert(
    fc.property(angle, (x) => {
      expect(preciseSin(x)).toBe(slowSeries(fixed(x), fixed(x), 2n));
      expect(preciseCos(x)).toBe(slowSeries(ONE, fixed(x), 1n));
    }),
    { numRuns: 3000 },
  );
});

test('the sine of a wide angle is that of what it lacks to half a circle', () => {
  fc.assert(
    fc.property(fc.double({ min: Math.PI / 2, max: Math.PI, noNaN: true }), (x) => {
      expect(preciseSin(x)).toBe(slowSeries(fixed(x), fixed(x), 2n));
      expect(preciseSin(-x)).toBe(-preciseSin(x));
    }),
    { numRuns: 1000 },
  );
});

test('the arcsine is the double whose neighbours are farther off', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 0.999, noNaN: true }), (z) => {
      const y = fixed(preciseAsin(z));
      const half = fixed(2 ** (Math.floor(Math.log2(preciseAsin(z))) - 53));
      const sine = (x: bigint): bigint => BigInt(Math.sign(Number(fixed(z) - exactSine(x))));
      expect(sine(y - half)).not.toBe(-1n);
      expect(sine(y + half)).not.toBe(1n);
    }),
    { numRuns: 1000 },
  );
  expect(preciseAsin(0)).toBe(0);
  expect(preciseAsin(1)).toBe(Math.PI / 2);
});

function exactSine(x: bigint): bigint {
  let sum = x;
  let term = x;
  for (let n = 2n; term !== 0n; n += 2n) {
    term = (-term * x * x) / (ONE * ONE) / (n * (n + 1n));
    sum += term;
  }
  return sum;
}

test('zero and the ends', () => {
  expect(preciseSin(0)).toBe(0);
  expect(preciseCos(0)).toBe(1);
  expect(preciseSin(Math.PI)).toBe(Math.sin(Math.PI));
  expect(preciseSin(Math.PI / 2)).toBe(1);
});
