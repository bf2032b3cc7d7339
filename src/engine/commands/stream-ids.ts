/** Stream IDs as arguments and in replies. */
import { type Halves, parseUint64, writeUint64 } from '../../bytes/uint64.ts';
import type { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import { STREAM_ID_TEXT_BYTES, type StreamId, writeIdTime } from '../structures/stream-id.ts';

/** Longer texts are no IDs. */
const LONGEST_TEXT_BYTES = 127;
const MINUS = 45;
const PLUS = 43;
const STAR = 42;
const PARENTHESIS = 40;

/** What stands for a sequence number that is not given: the least, or the greatest. */
export const LEAST = 0;
const GREATEST = -1;

/** What `readNewId` found. */
export const NO_ID = 0;
export const WHOLE_ID = 1;
/** `ms-*`: the sequence is to be chosen. */
export const TIME_ONLY = 2;

const halves: Halves = { high: 0, low: 0 };
const text = Buffer.alloc(STREAM_ID_TEXT_BYTES);
/** The milliseconds that `text` begins with, and where the sequence number follows; 0 at first. */
let textMsHigh = 0;
let textMsLow = 0;
let sequenceAt = 0;
const textView = new DataView(text.buffer, text.byteOffset, text.length);

/** Reads argument `i` as an ID; false when it is none. */
export function readId(args: Args, i: number, id: StreamId): boolean {
  return readText(args.bytes, args.start[i], args.end[i], id, LEAST, false) === WHOLE_ID;
}

/** Reads argument `i` as the ID of a new entry. */
export function readNewId(args: Args, i: number, id: StreamId): number {
  return readText(args.bytes, args.start[i], args.end[i], id, LEAST, true);
}

/** Reads argument `i` as an ID, where `-` and `+` are the first and the last; false when it is none. */
export function readIdOrEnd(args: Args, i: number, id: StreamId, missing: number): boolean {
  const { bytes, start, end } = args;
  if (isByte(args, i, MINUS)) id.setMinimum();
  else if (isByte(args, i, PLUS)) id.setMaximum();
  else return readText(bytes, start[i], end[i], id, missing, false) === WHOLE_ID;
  return true;
}

/** Reads argument `i` as the beginning of an interval. Answers the error `invalid`, `empty` when nothing is behind it, or ''. */
export function readStart(args: Args, i: number, id: StreamId, invalid: string, empty: string): string {
  if (!isExclusive(args, i)) return readIdOrEnd(args, i, id, LEAST) ? '' : invalid;
  if (readText(args.bytes, args.start[i] + 1, args.end[i], id, LEAST, false) !== WHOLE_ID) return invalid;
  return id.increment() ? '' : empty;
}

/** The same of the end of an interval. */
export function readEnd(args: Args, i: number, id: StreamId, invalid: string, empty: string): string {
  if (!isExclusive(args, i)) return readIdOrEnd(args, i, id, GREATEST) ? '' : invalid;
  if (readText(args.bytes, args.start[i] + 1, args.end[i], id, GREATEST, false) !== WHOLE_ID) return invalid;
  return id.decrement() ? '' : empty;
}

/** True when argument `i` is the one character, whose code is given. */
export function isByte(args: Args, i: number, code: number): boolean {
  return args.length(i) === 1 && args.bytes[args.start[i]] === code;
}

function isExclusive(args: Args, i: number): boolean {
  return args.length(i) > 1 && args.bytes[args.start[i]] === PARENTHESIS;
}

/** Reads `bytes[start..end)`, which ends before its first NUL. */
function readText(bytes: Buffer, start: number, end: number, id: StreamId, missing: number, isNew: boolean): number {
  if (end - start > LONGEST_TEXT_BYTES) return NO_ID;
  let sign = -1;
  let stop = start;
  for (; stop < end && bytes[stop] !== 0; stop++) if (bytes[stop] === MINUS && sign < 0) sign = stop;
  if (!parseUint64(bytes, start, sign < 0 ? stop : sign, halves)) return NO_ID;
  id.set(halves.high, halves.low, missing, missing);
  if (sign < 0) return WHOLE_ID;
  if (isNew && stop - sign === 2 && bytes[sign + 1] === STAR) return TIME_ONLY;
  if (!parseUint64(bytes, sign + 1, stop, halves)) return NO_ID;
  id.sequenceHigh = halves.high;
  id.sequenceLow = halves.low;
  return WHOLE_ID;
}

/** Replies with an ID. The text of its milliseconds is kept: entries that follow each other mostly share them. */
export function replyId(reply: Reply, id: StreamId): void {
  if (id.msLow !== textMsLow || id.msHigh !== textMsHigh || sequenceAt === 0) {
    sequenceAt = writeIdTime(text, 0, id);
    textMsHigh = id.msHigh;
    textMsLow = id.msLow;
  }
  reply.bulk(text, textView, 0, writeUint64(text, sequenceAt, id.sequenceHigh, id.sequenceLow));
}
