/**
 * HyperLogLog: counts distinct elements in at most 12 KiB, with a standard error of 0.81 %.
 *
 * An element's hash picks one of 16384 registers by its lowest 14 bits; the register keeps the greatest position of the
 * first 1 in the rest. The value is an ordinary string, byte for byte Redis's: a client may GET it here and SET it there.
 *
 *   0   "HYLL"
 *   4   form: 0 dense, 1 sparse
 *   5   three unused bytes
 *   8   the count when it was last asked for, 64 bits; the highest bit is set when registers have changed since
 *   16  registers (hyperloglog-dense.ts, hyperloglog-sparse.ts)
 *
 * It begins sparse and becomes dense when a register's value or the length (`hll-sparse-max-bytes`) asks for it.
 */
import { murmurHash64A } from '../../bytes/murmur-hash.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { encodingOf, INT } from './encoding.ts';
import {
  DENSE_REGISTER_BYTES,
  denseHistogram,
  mergeDense,
  packDense,
  REGISTERS,
  raiseDense,
} from './hyperloglog-dense.ts';
import { COUNTED_BITS, estimate } from './hyperloglog-estimate.ts';
import {
  CORRUPT_RUNS,
  describeSparse,
  EMPTY_SPARSE_BYTES,
  mergeSparse,
  NEEDS_DENSE,
  raiseSparse,
  SPARSE_GROWTH_BYTES,
  sparseHistogram,
  UNCHANGED,
  writeEmptySparse,
} from './hyperloglog-sparse.ts';
import type { RecordOwner } from './inline.ts';
import { setStringLength, stringCapacity, stringLength, stringStart } from './string.ts';

const HEADER_BYTES = 16;
const FORM = 4;
const CACHE = 8;
const CACHE_HIGHEST = 15;
const DENSE = 0;
const SPARSE = 1;
const MAGIC = 0x4c4c5948; // "HYLL", read as a little-endian word
const DENSE_BYTES = HEADER_BYTES + DENSE_REGISTER_BYTES;
export const EMPTY_HYPERLOGLOG_BYTES = HEADER_BYTES + EMPTY_SPARSE_BYTES;
/** A sparse value grows by so many bytes at a time. */
const GROWTH_BYTES = 300;

const HASH_SEED = 0xadc83b19;
const INDEX_BITS = 14;
const INDEX_MASK = REGISTERS - 1;

/** Answers a change of a string whose runs are not 16384 registers; no block has this name. */
export const CORRUPT = 1 as Ref;

const hash = new Int32Array(2);
const histogram = new Int32Array(64);
const scratch = new Uint8Array(REGISTERS);

/** The register that `bytes[start..end)` counts in and what it raises it to: index | count << 14. */
export function registerOf(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  murmurHash64A(bytes, view, start, end, HASH_SEED, hash);
  // 50 bits above the index: 18 in the lower half, 32 in the upper.
  const lower = hash[0] >>> INDEX_BITS;
  let count = COUNTED_BITS + 1;
  if (lower !== 0) count = trailingZeroes(lower) + 1;
  else if (hash[1] !== 0) count = trailingZeroes(hash[1]) + 1 + 32 - INDEX_BITS;
  return (hash[0] & INDEX_MASK) | (count << INDEX_BITS);
}

function trailingZeroes(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** Makes the value of a record just created, with room for it, an empty HyperLogLog. */
export function initHyperLogLog(arena: Arena, ref: Ref): void {
  const bytes = arena.bytes[ref >>> 22];
  const start = stringStart(arena, ref);
  bytes.fill(0, start, start + HEADER_BYTES);
  arena.views[ref >>> 22].setInt32(start, MAGIC, true);
  bytes[start + FORM] = SPARSE;
  writeEmptySparse(bytes, start + HEADER_BYTES);
  setStringLength(arena, ref, EMPTY_HYPERLOGLOG_BYTES);
}

/** True when the string has a HyperLogLog's header, and its length if it is dense; runs are looked at when they are used. */
export function isHyperLogLog(arena: Arena, ref: Ref): boolean {
  const length = stringLength(arena, ref);
  if (length < HEADER_BYTES || encodingOf(arena, ref) === INT) return false;
  const start = stringStart(arena, ref);
  if (arena.views[ref >>> 22].getInt32(start, true) !== MAGIC) return false;
  const form = arena.bytes[ref >>> 22][start + FORM];
  return form === SPARSE || (form === DENSE && length === DENSE_BYTES);
}

export function isSparse(arena: Arena, ref: Ref): boolean {
  return arena.bytes[ref >>> 22][stringStart(arena, ref) + FORM] === SPARSE;
}

/** The sparse runs as text; undefined when they are corrupt. */
export function describeRuns(arena: Arena, ref: Ref): string | undefined {
  const start = stringStart(arena, ref);
  return describeSparse(arena.bytes[ref >>> 22], start + HEADER_BYTES, start + stringLength(arena, ref));
}

/**
 * Adds `source[starts[i]..ends[i])` for each i from `from` below `to` to a dense value; returns how many registers that
 * raised. What `raiseRegister` would do, for the form that never moves.
 */
export function addToDense(
  arena: Arena,
  ref: Ref,
  source: Uint8Array,
  sourceView: DataView,
  starts: Int32Array,
  ends: Int32Array,
  from: number,
  to: number,
): number {
  const bytes = arena.bytes[ref >>> 22];
  const registers = stringStart(arena, ref) + HEADER_BYTES;
  let raised = 0;
  for (let i = from; i < to; i++) {
    const register = registerOf(source, sourceView, starts[i], ends[i]);
    if (raiseDense(bytes, registers, register & INDEX_MASK, register >>> INDEX_BITS)) raised++;
  }
  if (raised > 0) forgetCount(arena, ref);
  return raised;
}

/** Makes room for `raiseRegister`. The record may move: use the Ref returned. */
export function makeRoomToRaise(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  if (!isSparse(arena, ref)) return ref;
  const length = stringLength(arena, ref);
  if (length + SPARSE_GROWTH_BYTES <= stringCapacity(arena, ref)) return ref;
  if (length >= owner.keyspace.encodingLimits.hllSparseMaxBytes) return ref;
  return owner.reserveValue(ref, length + Math.min(length, GROWTH_BYTES), length);
}

/**
 * Raises a register (`registerOf`); there must be room. Returns where the record now is, NO_REF when the register is as high
 * already, CORRUPT.
 */
export function raiseRegister(owner: RecordOwner, ref: Ref, register: number): Ref {
  const { arena } = owner;
  const index = register & INDEX_MASK;
  const count = register >>> INDEX_BITS;
  const bytes = arena.bytes[ref >>> 22];
  const start = stringStart(arena, ref);
  const from = start + HEADER_BYTES;
  if (bytes[start + FORM] === DENSE) {
    if (!raiseDense(bytes, from, index, count)) return NO_REF;
    bytes[start + CACHE_HIGHEST] |= 0x80;
    return ref;
  }
  const limit = owner.keyspace.encodingLimits.hllSparseMaxBytes - HEADER_BYTES;
  const end = raiseSparse(bytes, from, start + stringLength(arena, ref), limit, index, count);
  if (end === UNCHANGED) return NO_REF;
  if (end === CORRUPT_RUNS) return CORRUPT;
  if (end !== NEEDS_DENSE) {
    setStringLength(arena, ref, end - start);
    bytes[start + CACHE_HIGHEST] |= 0x80;
    return ref;
  }
  const place = makeDense(owner, ref);
  return place === CORRUPT ? CORRUPT : raiseRegister(owner, place, register);
}

/** Makes a sparse value dense. Returns where the record now is, or CORRUPT. */
export function makeDense(owner: RecordOwner, ref: Ref): Ref {
  scratch.fill(0);
  return mergeRegisters(owner.arena, ref, scratch) ? setRegisters(owner, ref, scratch) : CORRUPT;
}

/** Raises each of `registers`, a byte each, to what the value has; false when the value is corrupt. */
export function mergeRegisters(arena: Arena, ref: Ref, registers: Uint8Array): boolean {
  const bytes = arena.bytes[ref >>> 22];
  const from = stringStart(arena, ref) + HEADER_BYTES;
  if (isSparse(arena, ref)) {
    return mergeSparse(bytes, from, from - HEADER_BYTES + stringLength(arena, ref), registers);
  }
  mergeDense(bytes, from, registers);
  return true;
}

/** Gives the value these registers, a byte each, in the dense form. Returns where the record now is. */
export function setRegisters(owner: RecordOwner, ref: Ref, registers: Uint8Array): Ref {
  const { arena } = owner;
  const place = isSparse(arena, ref) ? owner.reserveValue(ref, DENSE_BYTES, HEADER_BYTES) : ref;
  setStringLength(arena, place, DENSE_BYTES);
  const start = stringStart(arena, place);
  const bytes = arena.bytes[place >>> 22];
  bytes[start + FORM] = DENSE;
  packDense(registers, bytes, start + HEADER_BYTES);
  return place;
}

/** The count kept in the value, rounded beyond 2^53; NaN when registers have changed since. */
export function keptCount(arena: Arena, ref: Ref): number {
  const view = arena.views[ref >>> 22];
  const at = stringStart(arena, ref) + CACHE;
  const high = view.getInt32(at + 4, true);
  return high < 0 ? Number.NaN : high * 4294967296 + view.getUint32(at, true);
}

/** The same, exactly. Allocates; numbers do for every count that registers give. */
export function exactKeptCount(arena: Arena, ref: Ref): bigint {
  return arena.views[ref >>> 22].getBigInt64(stringStart(arena, ref) + CACHE, true);
}

/** Keeps a count in the value; one that is beyond a signed 64-bit integer leaves it marked as changed, as in Redis. */
export function keepCount(arena: Arena, ref: Ref, count: number): void {
  const view = arena.views[ref >>> 22];
  const at = stringStart(arena, ref) + CACHE;
  const isTooLarge = count >= 2 ** 63;
  view.setInt32(at, isTooLarge ? 0 : (count % 4294967296) | 0, true);
  view.setInt32(at + 4, isTooLarge ? 0x80000000 | 0 : Math.floor(count / 4294967296), true);
}

/** Says that registers have changed since the count was kept. */
export function forgetCount(arena: Arena, ref: Ref): void {
  arena.bytes[ref >>> 22][stringStart(arena, ref) + CACHE_HIGHEST] |= 0x80;
}

/** Counts anew; NaN when the value is corrupt. */
export function countValue(arena: Arena, ref: Ref): number {
  const bytes = arena.bytes[ref >>> 22];
  const start = stringStart(arena, ref);
  histogram.fill(0);
  if (!isSparse(arena, ref)) denseHistogram(bytes, start + HEADER_BYTES, histogram);
  else if (!sparseHistogram(bytes, start + HEADER_BYTES, start + stringLength(arena, ref), histogram)) {
    return Number.NaN;
  }
  return estimate(histogram);
}

/** Counts registers of a byte each. */
export function countRegisters(registers: Uint8Array): number {
  histogram.fill(0);
  for (let i = 0; i < REGISTERS; i++) histogram[registers[i]]++;
  return estimate(histogram);
}
