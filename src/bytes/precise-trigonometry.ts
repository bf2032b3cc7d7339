/**
 * Sine, cosine and arcsine, correct to the last bit but in about one case of 2^50.
 *
 * JavaScript's own are wrong in the last bit once in forty times, the C library's, which Redis uses, almost never; so a
 * distance that is kept with all its digits must be computed with these. They cost a microsecond; whoever only compares
 * distances, or prints some digits of them, takes JavaScript's.
 *
 * Computed in pairs of doubles, the second of which holds what the first could not, by the Taylor series, which needs few
 * terms up to a quarter of a circle.
 */

/** The circle's half in two doubles. */
const PI_HIGH = Math.PI;
const PI_LOW = 1.2246467991473532e-16;
/** Terms after which the series stands still for angles up to a quarter of a circle. */
const TERMS = 16;
/** Where the sine is so flat, its inverse cannot be bettered by it. */
const LEAST_SLOPE = 1e-9;
const SPLITTER = 2 ** 27 + 1;

/** The pair that the running function computes; nothing outlives it there. */
let high = 0;
let low = 0;

/** The sine of an angle of at most half a circle. */
export function preciseSin(x: number): number {
  setSin(x);
  return high;
}

/** The cosine of a latitude of the map; of one nearer to a pole the last bits are lost. */
export function preciseCos(x: number): number {
  series(1, 0, x, 0, 1);
  return high;
}

/** The arcsine of a number from 0 to 1. */
export function preciseAsin(z: number): number {
  const near = Math.asin(z);
  const slope = Math.cos(near);
  if (slope < LEAST_SLOPE) return near;
  setSin(near);
  return near + (z - high - low) / slope;
}

function setSin(x: number): void {
  let angle = x;
  let rest = 0;
  if (Math.abs(x) > PI_HIGH / 2) {
    angle = Math.sign(x) * PI_HIGH - x;
    rest = Math.sign(x) * PI_LOW;
  }
  series(angle, rest, angle, rest, 2);
}

/** The series that begins with `first` and goes on by -x² / (n (n + 1)), n from `order` in steps of two. */
function series(first: number, firstLow: number, x: number, xLow: number, order: number): void {
  multiply(x, xLow, x, xLow);
  const square = -high;
  const squareLow = -low;
  let sum = first;
  let sumLow = firstLow;
  let term = first;
  let termLow = firstLow;
  for (let i = 0, n = order; i < TERMS; i++, n += 2) {
    multiply(term, termLow, square, squareLow);
    divide(high, low, n * (n + 1));
    term = high;
    termLow = low;
    add(sum, sumLow, term, termLow);
    sum = high;
    sumLow = low;
  }
}

/** (a + aLow) + (b + bLow). */
function add(a: number, aLow: number, b: number, bLow: number): void {
  const sum = a + b;
  const part = sum - a;
  normalize(sum, a - (sum - part) + (b - part) + aLow + bLow);
}

/** (a + aLow) × (b + bLow). */
function multiply(a: number, aLow: number, b: number, bLow: number): void {
  const product = a * b;
  normalize(product, productError(a, b, product) + a * bLow + aLow * b);
}

/** (a + aLow) / n. */
function divide(a: number, aLow: number, n: number): void {
  const quotient = a / n;
  const back = quotient * n;
  normalize(quotient, (a - back - productError(quotient, n, back) + aLow) / n);
}

/** What the rounding of `product`, which is a × b, left away. */
function productError(a: number, b: number, product: number): number {
  const aWide = a * SPLITTER;
  const aHead = aWide - (aWide - a);
  const aTail = a - aHead;
  const bWide = b * SPLITTER;
  const bHead = bWide - (bWide - b);
  const bTail = b - bHead;
  return aTail * bTail - (product - aHead * bHead - aTail * bHead - aHead * bTail);
}

function normalize(a: number, b: number): void {
  high = a + b;
  low = b - (high - a);
}
