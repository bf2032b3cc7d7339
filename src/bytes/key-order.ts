/**
 * Sorting indexes by the keys they name: `order` holds indexes, `keys[index]` their keys, NaN nowhere.
 *
 * Redis sorts a whole result with the C library's `qsort`, a merge sort, which leaves equal keys in their order; where only
 * the first few are wanted, with a quicksort that skips what is not, and leaves equal keys in an order of its own. Clients
 * see it, so both are here, the second as Bentley and McIlroy described it ("Engineering a Sort Function", 1993).
 */

/** Runs this short are sorted by insertion and then merged. */
const RUN = 12;
/** Parts with fewer elements are sorted by insertion, with more are split by the median of nine. */
const SMALL_PART = 7;
const LARGE_PART = 40;
/** Splits that may follow each other, for each bit of the length: keys made to be split badly are sorted the other way. */
const SPLITS_PER_BIT = 4;

/** Merge sort's other half, as long as the longest order sorted lately. */
let spare = new Int32Array(256);
const LARGEST_SPARE = 1 << 16;

/** Sorts the first `length` indexes by rising keys, or falling ones; equal keys stay in their order. */
export function sortStably(order: Int32Array, keys: Float64Array, length: number, isFalling: boolean): void {
  for (let from = 0; from < length; from += RUN) insertRun(order, keys, from, Math.min(from + RUN, length), isFalling);
  if (length <= RUN) return;
  if (spare.length < length) spare = new Int32Array(length * 2);
  let source: Int32Array = order;
  let target: Int32Array = spare;
  for (let run = RUN; run < length; run *= 2) {
    for (let from = 0; from < length; from += run * 2) {
      merge(source, target, keys, from, Math.min(from + run, length), Math.min(from + run * 2, length), isFalling);
    }
    [source, target] = [target, source];
  }
  if (source !== order) order.set(source.subarray(0, length));
  if (spare.length > LARGEST_SPARE) spare = new Int32Array(256);
}

function insertRun(order: Int32Array, keys: Float64Array, from: number, to: number, isFalling: boolean): void {
  for (let i = from + 1; i < to; i++) {
    const index = order[i];
    const key = keys[index];
    let at = i;
    for (; at > from; at--) {
      const before = keys[order[at - 1]];
      if (isFalling ? before >= key : before <= key) break;
      order[at] = order[at - 1];
    }
    order[at] = index;
  }
}

/** Merges `source[from..middle)` and `source[middle..to)`. */
function merge(
  source: Int32Array,
  target: Int32Array,
  keys: Float64Array,
  from: number,
  middle: number,
  to: number,
  isFalling: boolean,
): void {
  let left = from;
  let right = middle;
  for (let at = from; at < to; at++) {
    const takesLeft =
      right >= to ||
      (left < middle &&
        (isFalling ? keys[source[left]] >= keys[source[right]] : keys[source[left]] <= keys[source[right]]));
    target[at] = takesLeft ? source[left++] : source[right++];
  }
}

/** Puts the first `wanted` of `length` indexes in their places; the others are in any order. `wanted` is at least 1. */
export function sortFirst(
  order: Int32Array,
  keys: Float64Array,
  length: number,
  wanted: number,
  isFalling: boolean,
): void {
  sortPart(order, keys, 0, length, wanted, isFalling, SPLITS_PER_BIT * (32 - Math.clz32(length)));
}

/** `splits`: how many more may follow each other. */
function sortPart(
  order: Int32Array,
  keys: Float64Array,
  start: number,
  length: number,
  wanted: number,
  isFalling: boolean,
  splits: number,
): void {
  let from = start;
  let count = length;
  for (let left = splits; ; left--) {
    const to = from + count;
    if (count < SMALL_PART) return insertRun(order, keys, from, to, isFalling);
    if (left === 0) return sortStably(order.subarray(from, to), keys, count, isFalling);
    swap(order, from, pivotOf(order, keys, from, count, isFalling));
    const pivot = keys[order[from]];
    // Equal keys gather at both ends: [from, equalEnd) and (equalStart, to).
    let equalEnd = from + 1;
    let low = from + 1;
    let high = to - 1;
    let equalStart = to - 1;
    for (;;) {
      for (; low <= high && !isBehind(keys[order[low]], pivot, isFalling); low++) {
        if (keys[order[low]] === pivot) swap(order, equalEnd++, low);
      }
      for (; low <= high && !isBehind(pivot, keys[order[high]], isFalling); high--) {
        if (keys[order[high]] === pivot) swap(order, high, equalStart--);
      }
      if (low > high) break;
      swap(order, low++, high--);
    }
    const atFront = Math.min(equalEnd - from, low - equalEnd);
    swapRuns(order, from, low - atFront, atFront);
    const atBack = Math.min(equalStart - high, to - equalStart - 1);
    swapRuns(order, low, to - atBack, atBack);
    const before = low - equalEnd;
    const behind = equalStart - high;
    if (before > 1) sortPart(order, keys, from, before, wanted, isFalling, left - 1);
    if (behind <= 1 || to - behind >= wanted) return;
    from = to - behind;
    count = behind;
  }
}

function isBehind(key: number, other: number, isFalling: boolean): boolean {
  return isFalling ? key < other : key > other;
}

/** The middle of three elements, or of three such middles where there are many. */
function pivotOf(order: Int32Array, keys: Float64Array, from: number, count: number, isFalling: boolean): number {
  let middle = from + (count >>> 1);
  if (count === SMALL_PART) return middle;
  let first = from;
  let last = from + count - 1;
  if (count > LARGE_PART) {
    const eighth = count >>> 3;
    first = medianOf(order, keys, first, first + eighth, first + 2 * eighth, isFalling);
    middle = medianOf(order, keys, middle - eighth, middle, middle + eighth, isFalling);
    last = medianOf(order, keys, last - 2 * eighth, last - eighth, last, isFalling);
  }
  return medianOf(order, keys, first, middle, last, isFalling);
}

function medianOf(order: Int32Array, keys: Float64Array, a: number, b: number, c: number, isFalling: boolean): number {
  const first = keys[order[a]];
  const second = keys[order[b]];
  const third = keys[order[c]];
  if (isBehind(second, first, isFalling)) {
    if (isBehind(third, second, isFalling)) return b;
    return isBehind(third, first, isFalling) ? c : a;
  }
  if (isBehind(second, third, isFalling)) return b;
  return isBehind(third, first, isFalling) ? a : c;
}

function swap(order: Int32Array, i: number, j: number): void {
  const index = order[i];
  order[i] = order[j];
  order[j] = index;
}

function swapRuns(order: Int32Array, i: number, j: number, length: number): void {
  for (let k = 0; k < length; k++) swap(order, i + k, j + k);
}
