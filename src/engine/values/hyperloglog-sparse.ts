/**
 * HyperLogLog's sparse form: the registers as runs of equal ones, in order, all 16384 of them.
 *
 *   00nnnnnn             ZERO    n+1 registers of 0, up to 64
 *   01nnnnnn nnnnnnnn    XZERO   n+1 registers of 0, up to 16384
 *   1vvvvvnn             VAL     n+1 registers of v+1, up to 4 registers, values up to 32
 *
 * Raising a register splits the run it lies in; then neighbouring VALs of the same value are joined where they fit, among
 * the five runs from the one before on and no further, as Redis does: the same registers raised in the same order give the
 * same bytes. The string may be anybody's: nothing is believed that was not counted.
 */
import { REGISTERS } from './hyperloglog-dense.ts';

export const EMPTY_SPARSE_BYTES = 2;
/** A run may become this much longer when a register in it is raised: XZERO becomes XZERO VAL XZERO. */
export const SPARSE_GROWTH_BYTES = 3;

const XZERO = 0x40;
const VAL = 0x80;
const ZERO_MOST = 64;
const VAL_MOST = 4;
const VAL_HIGHEST = 32;
const RUNS_JOINED = 5;

/** What `raiseSparse` answers beside the new end. */
export const UNCHANGED = 0;
export const CORRUPT_RUNS = -1;
export const NEEDS_DENSE = -2;

/** The run read last: its registers, and their value. */
let run = 0;
let value = 0;

/** Reads the run at `at`; returns where the next begins, 0 when the string ends within it. */
function readRun(bytes: Uint8Array, at: number, to: number): number {
  const opcode = bytes[at];
  value = 0;
  if (opcode < XZERO) run = opcode + 1;
  else if (opcode >= VAL) {
    run = (opcode & 3) + 1;
    value = ((opcode >>> 2) & 31) + 1;
  } else {
    if (at + 1 >= to) return 0;
    run = (((opcode & 63) << 8) | bytes[at + 1]) + 1;
    return at + 2;
  }
  return at + 1;
}

/** Writes the runs of an empty HyperLogLog: one XZERO. */
export function writeEmptySparse(bytes: Uint8Array, to: number): void {
  writeZeroes(bytes, to, REGISTERS);
}

/** Counts the registers of each value; false when the runs are not 16384 registers. */
export function sparseHistogram(bytes: Uint8Array, from: number, to: number, histogram: Int32Array): boolean {
  let registers = 0;
  for (let at = from; at < to; ) {
    at = readRun(bytes, at, to);
    registers += run;
    if (at === 0 || registers > REGISTERS) return false;
    histogram[value] += run;
  }
  return registers === REGISTERS;
}

/** Raises each of `registers`, a byte each, to what the runs say; false when the runs are not 16384 registers. */
export function mergeSparse(bytes: Uint8Array, from: number, to: number, registers: Uint8Array): boolean {
  let first = 0;
  for (let at = from; at < to; ) {
    at = readRun(bytes, at, to);
    const next = first + run;
    if (at === 0 || next > REGISTERS) return false;
    if (value > 0) for (let i = first; i < next; i++) if (value > registers[i]) registers[i] = value;
    first = next;
  }
  return first === REGISTERS;
}

/** The runs as text, whatever they add up to; undefined when they are more than registers, or the last one is cut. */
export function describeSparse(bytes: Uint8Array, from: number, to: number): string | undefined {
  const runs: string[] = [];
  for (let at = from; at < to; ) {
    const next = readRun(bytes, at, to);
    if (next === 0 || runs.length === REGISTERS) return undefined;
    runs.push(value > 0 ? `v:${value},${run}` : next - at === 2 ? `Z:${run}` : `z:${run}`);
    at = next;
  }
  return runs.join(' ');
}

/**
 * Raises the register `index` of the runs `bytes[from..to)`, behind which SPARSE_GROWTH_BYTES are free unless the runs have
 * `limit` bytes already. Returns where the runs now end; UNCHANGED; CORRUPT_RUNS when they end before the register; or
 * NEEDS_DENSE, nothing changed, when the value is too high or the runs would be longer than `limit` bytes.
 */
export function raiseSparse(
  bytes: Uint8Array,
  from: number,
  to: number,
  limit: number,
  index: number,
  count: number,
): number {
  if (count > VAL_HIGHEST) return NEEDS_DENSE;
  let previous = from;
  let at = from;
  let first = 0;
  let length = 0;
  let opcode = 0;
  for (;;) {
    if (at >= to) return CORRUPT_RUNS;
    opcode = bytes[at];
    if (opcode < XZERO) length = opcode + 1;
    else if (opcode >= VAL) length = (opcode & 3) + 1;
    else if (at + 1 < to) length = (((opcode & 63) << 8) | bytes[at + 1]) + 1;
    else return CORRUPT_RUNS;
    if (index < first + length) break;
    previous = at;
    at += opcode >= XZERO && opcode < VAL ? 2 : 1;
    first += length;
  }
  const old = opcode >= VAL ? ((opcode >>> 2) & 31) + 1 : 0;
  if (old >= count) return UNCHANGED;
  const before = index - first;
  const end = split(bytes, at, to, limit - (to - from), old, before, length - before - 1, count);
  return end === NEEDS_DENSE ? NEEDS_DENSE : joinValues(bytes, previous, end);
}

/**
 * Puts in the place of the run at `at`, whose registers are `old`: `before` of those, one of `count`, `after` of the old.
 * Returns where the runs now end, or NEEDS_DENSE when they would grow by more than `spare` bytes.
 */
function split(
  bytes: Uint8Array,
  at: number,
  to: number,
  spare: number,
  old: number,
  before: number,
  after: number,
  count: number,
): number {
  const replaced = bytes[at] >= XZERO && bytes[at] < VAL ? 2 : 1;
  const parts = runBytes(old, before) + 1 + runBytes(old, after);
  const growth = parts - replaced;
  if (growth > 0 && growth > spare) return NEEDS_DENSE;
  if (growth !== 0 && at + replaced < to) bytes.copyWithin(at + parts, at + replaced, to);
  let next = writeRun(bytes, at, old, before);
  next = writeRun(bytes, next, count, 1);
  writeRun(bytes, next, old, after);
  return to + growth;
}

/** Joins neighbouring VALs of one value among the next runs; returns where the runs now end. */
function joinValues(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let end = to;
  for (let left = RUNS_JOINED; at < end && left > 0; left--) {
    const opcode = bytes[at];
    const next = bytes[at + 1];
    const length = (opcode & 3) + (next & 3) + 2;
    if (opcode >= VAL && at + 1 < end && opcode >>> 2 === next >>> 2 && length <= VAL_MOST) {
      bytes.copyWithin(at, at + 1, end--);
      bytes[at] = (opcode & ~3) | (length - 1);
    } else at += opcode >= XZERO && opcode < VAL ? 2 : 1;
  }
  return end;
}

/** Bytes of a run of `length` registers, at most as many as one run of their value has. */
function runBytes(value: number, length: number): number {
  return length === 0 ? 0 : value === 0 && length > ZERO_MOST ? 2 : 1;
}

function writeRun(bytes: Uint8Array, to: number, value: number, length: number): number {
  if (length === 0) return to;
  if (value === 0) return writeZeroes(bytes, to, length);
  bytes[to] = VAL | ((value - 1) << 2) | (length - 1);
  return to + 1;
}

function writeZeroes(bytes: Uint8Array, to: number, length: number): number {
  if (length <= ZERO_MOST) {
    bytes[to] = length - 1;
    return to + 1;
  }
  bytes[to] = XZERO | ((length - 1) >>> 8);
  bytes[to + 1] = length - 1;
  return to + 2;
}
