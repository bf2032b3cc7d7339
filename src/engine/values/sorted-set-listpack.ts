/**
 * Sorted sets of the encoding `listpack`: member, score, member, score … in order, in the key's record. A score is kept as
 * its text, which the listpack keeps as an integer where it is one; so negative zero becomes zero here, as in Redis.
 */
import { compareBytes } from '../../bytes/compare.ts';
import { formatDouble } from '../../bytes/double.ts';
import { writeInteger } from '../../bytes/integer.ts';
import { parseDouble } from '../../bytes/parse-double.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import {
  elementBytes,
  findElement,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackCount,
} from '../structures/listpack.ts';
import { type RecordOwner, valueLength, valueStart } from './inline.ts';
import { insertElement, removeElements } from './inline-listpack.ts';

/** The text of the score being written. */
const digits = Buffer.alloc(32);
const digitsView = new DataView(digits.buffer, digits.byteOffset, digits.length);

/** What the running function looks at; nothing outlives it in them. */
const member = new ListpackCursor();
const score = new ListpackCursor();

/** How many members there are. */
export function packedLength(arena: Arena, ref: Ref): number {
  return listpackCount(arena.bytes[ref >>> 22], arena.views[ref >>> 22], valueStart(arena, ref)) >>> 1;
}

/** Where the member `bytes[start..end)` stands, 0 when it is not there. */
export function findPair(arena: Arena, ref: Ref, bytes: Buffer, view: DataView, start: number, end: number): number {
  const first = valueStart(arena, ref) + LISTPACK_HEADER_BYTES;
  return findElement(arena.bytes[ref >>> 22], arena.views[ref >>> 22], first, 1, bytes, view, start, end);
}

/** The score of the pair at `p`. */
export function pairScore(arena: Arena, ref: Ref, p: number): number {
  const pack = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  return readScore(pack, view, p + elementBytes(pack, view, p));
}

/** The score kept in the element at `p`. */
export function readScore(pack: Buffer, view: DataView, p: number): number {
  score.read(pack, view, p);
  if (score.isInteger && !Number.isNaN(score.integer)) return score.integer;
  return parseDouble(score.bytes, score.start, score.end);
}

/** Behind the pair at `p`. */
export function nextPair(arena: Arena, ref: Ref, p: number): number {
  const pack = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  const behind = p + elementBytes(pack, view, p);
  return behind + elementBytes(pack, view, behind);
}

/** Where the pair of a rank stands; behind the last pair for the length. */
export function pairAt(arena: Arena, ref: Ref, rank: number): number {
  let p = valueStart(arena, ref) + LISTPACK_HEADER_BYTES;
  for (let i = 0; i < rank; i++) p = nextPair(arena, ref, p);
  return p;
}

/** The rank of the pair at `p`. */
export function pairRank(arena: Arena, ref: Ref, p: number): number {
  let rank = 0;
  for (let at = valueStart(arena, ref) + LISTPACK_HEADER_BYTES; at < p; at = nextPair(arena, ref, at)) rank++;
  return rank;
}

/** Inserts a member that is not there in its place. The record may move: use the Ref returned. */
export function insertPair(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  value: number,
): Ref {
  const offset = placeOf(owner.arena, ref, bytes, view, start, end, value) - valueStart(owner.arena, ref);
  return insertPairAt(owner, ref, offset, bytes, view, start, end, value);
}

/** Adds a member that is not there and stands behind all others. The record may move: use the Ref returned. */
export function appendPair(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  value: number,
): Ref {
  return insertPairAt(owner, ref, valueLength(owner.arena, ref) - 1, bytes, view, start, end, value);
}

function insertPairAt(
  owner: RecordOwner,
  ref: Ref,
  offset: number,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  value: number,
): Ref {
  const { arena } = owner;
  const place = insertElement(owner, ref, offset, bytes, view, start, end);
  const from = valueStart(arena, place) + offset;
  const behind = offset + elementBytes(arena.bytes[place >>> 22], arena.views[place >>> 22], from);
  return insertElement(owner, place, behind, digits, digitsView, 0, printScore(value));
}

/** Removes `count` pairs from the one at `p` on. The record may move: use the Ref returned. */
export function removePairs(owner: RecordOwner, ref: Ref, p: number, count: number): Ref {
  const { arena } = owner;
  let behind = p;
  for (let i = 0; i < count; i++) behind = nextPair(arena, ref, behind);
  return removeElements(owner, ref, p - valueStart(arena, ref), behind - p, count * 2);
}

/** How many scores are below `bound`, or not above it when `inclusive`. */
export function pairsByScore(arena: Arena, ref: Ref, bound: number, inclusive: boolean): number {
  const pack = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  let rank = 0;
  for (let p = valueStart(arena, ref) + LISTPACK_HEADER_BYTES; pack[p] !== LISTPACK_END; rank++) {
    const at = p + elementBytes(pack, view, p);
    const found = readScore(pack, view, at);
    if (found > bound || (found === bound && !inclusive)) break;
    p = at + elementBytes(pack, view, at);
  }
  return rank;
}

/** The order of the member at `p` and `bytes[start..end)`. */
export function comparePair(
  arena: Arena,
  ref: Ref,
  p: number,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): number {
  member.read(arena.bytes[ref >>> 22], arena.views[ref >>> 22], p);
  return compareBytes(member.bytes, member.view, member.start, member.end, bytes, view, start, end);
}

/** Where a member that is not there belongs. */
function placeOf(
  arena: Arena,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  value: number,
): number {
  const pack = arena.bytes[ref >>> 22];
  const packView = arena.views[ref >>> 22];
  let p = valueStart(arena, ref) + LISTPACK_HEADER_BYTES;
  while (pack[p] !== LISTPACK_END) {
    const at = p + elementBytes(pack, packView, p);
    const found = readScore(pack, packView, at);
    if (found > value || (found === value && comparePair(arena, ref, p, bytes, view, start, end) > 0)) break;
    p = at + elementBytes(pack, packView, at);
  }
  return p;
}

/** Writes a score's text into `digits`; returns its length. */
function printScore(value: number): number {
  if (Number.isSafeInteger(value)) return writeInteger(digits, 0, value);
  return digits.write(formatDouble(value), 0, 'latin1');
}
