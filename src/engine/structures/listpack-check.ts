/**
 * Whether bytes from elsewhere are a listpack: every length, every byte between the elements. What passes can be walked in
 * both directions without a look at its bounds.
 *
 * Beyond what a listpack must be, ours keep what is an integer as the shortest integer, and texts with the shortest head:
 * only then is an equal element found by its kind and length. Others write them so too; what does not is to be packed anew.
 */
import {
  backlengthBytes,
  EMPTY_LISTPACK_BYTES,
  isTextKind,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  newElementBytes,
  textHeadBytes,
  textLength,
  UNKNOWN_COUNT,
} from './listpack.ts';

/** Reused: `checkListpack` sets it. */
export class ListpackCheck {
  count = 0;
  /** True when every element is as these functions would write it. */
  isCanonical = true;
}

/** True when `bytes[start..end)` is a listpack; `check` then tells about it. */
export function checkListpack(
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  check: ListpackCheck,
): boolean {
  check.count = 0;
  check.isCanonical = true;
  if (end - start < EMPTY_LISTPACK_BYTES || view.getUint32(start, true) !== end - start) return false;
  const last = end - 1;
  if (bytes[last] !== LISTPACK_END) return false;
  for (let p = start + LISTPACK_HEADER_BYTES; p < last; check.count++) {
    const size = elementSize(bytes, view, p, last, check);
    if (size === 0) return false;
    p += size;
  }
  const declared = view.getUint16(start + 4, true);
  if (declared !== UNKNOWN_COUNT) return declared === check.count;
  if (check.count < UNKNOWN_COUNT) check.isCanonical = false;
  return true;
}

/** The bytes of the element at `p`, which ends at `last` at the latest; 0 when there is none. */
function elementSize(bytes: Buffer, view: DataView, p: number, last: number, check: ListpackCheck): number {
  const kind = bytes[p];
  let body: number;
  if (isTextKind(kind)) {
    const head = textHeadBytes(kind);
    if (p + head > last) return 0;
    const length = textLength(bytes, view, p);
    body = head + length;
    // Before anything reads the text: it must be there.
    if (body > last - p - backlengthBytes(body)) return 0;
    if (newElementBytes(bytes, p + head, p + body) !== body + backlengthBytes(body)) check.isCanonical = false;
  } else {
    body = integerBytes(kind);
    if (body === 0 || p + body >= last) return 0;
    if (!isShortest(bytes, view, p, kind)) check.isCanonical = false;
  }
  return hasBacklength(bytes, p + body, body) ? body + backlengthBytes(body) : 0;
}

/** Head and data of an integer's element; 0 for a kind that is none. */
function integerBytes(kind: number): number {
  if (kind < 0x80) return 1;
  if (kind < 0xe0) return 2;
  return kind > 0xf4 ? 0 : kind === 0xf4 ? 9 : kind - 0xf1 + 3;
}

/** True when no shorter kind holds the integer at `p`. */
function isShortest(bytes: Buffer, view: DataView, p: number, kind: number): boolean {
  if (kind < 0x80) return true;
  // Of 13 bits, negative ones and those above 127.
  if (kind < 0xe0) return (kind & 31) !== 0 || bytes[p + 1] > 127;
  if (kind === 0xf1) {
    const value = view.getInt16(p + 1, true);
    return value < -4096 || value > 4095;
  }
  if (kind === 0xf4) return view.getInt32(p + 5, true) !== view.getInt32(p + 1, true) >> 31;
  const top = p + integerBytes(kind) - 1;
  return bytes[top] !== (bytes[top - 1] >= 128 ? 255 : 0);
}

/** True when the length of an element's head and data stands at `at`, as it should. */
function hasBacklength(bytes: Buffer, at: number, body: number): boolean {
  let rest = body;
  for (let i = backlengthBytes(body) - 1; i >= 0; i--) {
    if (bytes[at + i] !== ((rest % 128) | (i === 0 ? 0 : 128))) return false;
    rest = Math.floor(rest / 128);
  }
  return true;
}
