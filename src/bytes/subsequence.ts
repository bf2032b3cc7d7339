/**
 * The longest common subsequence of two byte strings, and where it lies in each, with the choices Redis makes when there
 * are several.
 *
 * The textbook table holds a length for every pair of positions. Here it holds one bit: whether the length grows by one
 * from `j - 1` to `j` in row `i`. A row follows from the one above by an addition over whole words (Crochemore, Iliopoulos,
 * Pinzon and Reid, 2001; Hyyrö, 2004), so 32 cells cost half a dozen instructions and four bytes. The bit is all that the
 * way back needs: where the bytes differ, it goes up if the length grew along the row and left if it did not, because the
 * larger of both neighbours is this cell's own length, and left wins a tie.
 *
 *   one Int32Array:  row 0 (all ones: no length) | row 1 … row of a's last byte | for each byte value in a, where b has it
 *   bit j of a row:  0 when LCS(a[0..i), b[0..j]) is one longer than LCS(a[0..i), b[0..j)), else 1
 *
 * Without the way back one row is enough. Rejected: Hirschberg's halving, which needs no table but may choose another of
 * several longest subsequences than Redis.
 */
import { countBits } from './popcount.ts';

/** A byte string to compare: `bytes[start..end)`. */
export interface Operand {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** A common subsequence being walked from its end to its beginning, a run of neighbouring bytes at a time. */
export interface SubsequenceWalk {
  readonly a: Operand;
  readonly b: Operand;
  /** Bytes in the whole subsequence. */
  readonly length: number;
  readonly table: Int32Array;
  readonly words: number;
  /** Bytes of `a` and `b` still ahead. */
  aLeft: number;
  bLeft: number;
  /** The run that `nextRun` found: where it begins in `a` and `b`, and its bytes. */
  aAt: number;
  bAt: number;
  runLength: number;
}

/** The number of bytes in the longest common subsequence. Needs memory for a few rows. */
export function subsequenceLength(a: Operand, b: Operand): number {
  const words = wordsOf(b);
  const table = newTable(a, b, words, 1);
  fillRows(a, table, words, 0);
  return zeroBits(table, 0, words);
}

/** Finds the longest common subsequence. Needs memory for as many bits as the product of the lengths. */
export function walkSubsequence(a: Operand, b: Operand): SubsequenceWalk {
  const words = wordsOf(b);
  const aLeft = a.end - a.start;
  const table = newTable(a, b, words, aLeft + 1);
  fillRows(a, table, words, words);
  const length = zeroBits(table, aLeft * words, words);
  return { a, b, length, table, words, aLeft, bLeft: b.end - b.start, aAt: 0, bAt: 0, runLength: 0 };
}

/** Goes to the next run, towards the beginning; false when there is none. */
export function nextRun(walk: SubsequenceWalk): boolean {
  const { table, words } = walk;
  const { bytes: aBytes, start: aStart } = walk.a;
  const { bytes: bBytes, start: bStart } = walk.b;
  let i = walk.aLeft;
  let j = walk.bLeft;
  let length = 0;
  while (i > 0 && j > 0) {
    if (aBytes[aStart + i - 1] === bBytes[bStart + j - 1]) {
      i--;
      j--;
      length++;
    } else {
      if (length > 0) break;
      const bit = (table[i * words + ((j - 1) >>> 5)] >>> ((j - 1) & 31)) & 1;
      if (bit === 0) i--;
      else j--;
    }
  }
  walk.aLeft = i;
  walk.bLeft = j;
  walk.aAt = i;
  walk.bAt = j;
  walk.runLength = length;
  return length > 0;
}

function wordsOf(b: Operand): number {
  return (b.end - b.start + 31) >>> 5;
}

/** Where the positions of a byte value begin in the table being made, by value; -1 where `a` does not have it. */
const positionsOf = new Float64Array(256);

/** A table with room for `rows` rows, the first filled, and the positions in `b` of the byte values that `a` has. */
function newTable(a: Operand, b: Operand, words: number, rows: number): Int32Array {
  let size = rows * words;
  positionsOf.fill(-1);
  for (let i = a.start; i < a.end; i++) {
    if (positionsOf[a.bytes[i]] >= 0) continue;
    positionsOf[a.bytes[i]] = size;
    size += words;
  }
  const table = new Int32Array(size);
  table.fill(-1, 0, words);
  for (let j = 0; j < b.end - b.start; j++) {
    const positions = positionsOf[b.bytes[b.start + j]];
    if (positions >= 0) table[positions + (j >>> 5)] |= 1 << (j & 31);
  }
  return table;
}

/** Computes a row for every byte of `a`, each `step` words behind the one it follows from: 0 overwrites. */
function fillRows(a: Operand, table: Int32Array, words: number, step: number): void {
  let above = 0;
  for (let i = a.start; i < a.end; i++) {
    const positions = positionsOf[a.bytes[i]];
    const row = above + step;
    let carry = 0;
    for (let w = 0; w < words; w++) {
      const old = table[above + w];
      const matched = old & table[positions + w];
      const sum = (old + matched + carry) | 0;
      carry = (matched | (old & ~sum)) >>> 31;
      table[row + w] = sum | (old ^ matched);
    }
    above = row;
  }
}

/** The zero bits of the row that begins at word `row`; bits behind the last position are ones. */
function zeroBits(table: Int32Array, row: number, words: number): number {
  const bytes = new Uint8Array(table.buffer);
  return words * 32 - countBits(bytes, new DataView(table.buffer), row * 4, 0, words * 32);
}
