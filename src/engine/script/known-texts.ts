/**
 * Short byte strings as JavaScript strings, each made once while it is in use: scripts are given the same keys and fields
 * again and again, and making a string of bytes costs a call out of JavaScript, and garbage.
 *
 * A table of `SLOTS` places, each with a string and its bytes; what comes later takes the place of what was there. The
 * length and three words tell which place that is: two strings that share it only drive each other out.
 */

const SLOTS = 256;
/** The bytes of a place. They are compared four at a time, the last four always. */
const LONGEST = 44;
const SHORTEST = 4;

const texts = new Array<string>(SLOTS).fill('');
const known = new DataView(new ArrayBuffer(SLOTS * LONGEST));

/** The bytes from `start` to `end` as a string of one character a byte; `view` is of the same memory. */
export function textOf(bytes: Buffer, view: DataView, start: number, end: number): string {
  const length = end - start;
  if (length > LONGEST || length < SHORTEST) return bytes.toString('latin1', start, end);
  const slot = slotOf(view, start, end);
  const text = texts[slot];
  if (text.length === length && isKnown(slot * LONGEST, view, start, length)) return text;
  return learn(slot, bytes, view, start, end);
}

function slotOf(view: DataView, start: number, end: number): number {
  const ends = Math.imul(view.getInt32(start, true), 0x2545f491) ^ view.getInt32(end - 4, true);
  const middle = view.getInt32(start + ((end - start - 4) >> 1), true);
  const mixed = ends ^ Math.imul(middle, 0x1b873593) ^ (end - start);
  return (Math.imul(mixed, 0x9e3779b1) >>> 16) % SLOTS;
}

function isKnown(at: number, view: DataView, start: number, length: number): boolean {
  const last = length - 4;
  for (let i = 0; i < last; i += 4) {
    if (known.getInt32(at + i, true) !== view.getInt32(start + i, true)) return false;
  }
  return known.getInt32(at + last, true) === view.getInt32(start + last, true);
}

function learn(slot: number, bytes: Buffer, view: DataView, start: number, end: number): string {
  const at = slot * LONGEST;
  const last = end - start - 4;
  for (let i = 0; i < last; i += 4) known.setInt32(at + i, view.getInt32(start + i, true), true);
  known.setInt32(at + last, view.getInt32(start + last, true), true);
  const text = bytes.toString('latin1', start, end);
  texts[slot] = text;
  return text;
}
