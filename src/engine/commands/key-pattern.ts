/**
 * SORT's patterns: the name of a key in which the first `*` stands for an element, and behind `->` the field of a hash.
 *
 *   weight_*          the string at weight_1 for the element 1
 *   object_*->name    the field `name` of the hash at object_1
 *   #                 the element itself
 *
 * As in Redis a NUL ends what is searched for `*` and `->`, but not the names; and a pattern without `*` names nothing.
 */
import { Args } from '../../protocol/args.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF } from '../memory/arena.ts';
import { HASH, STRING } from '../memory/layout.ts';
import type { ListpackCursor } from '../structures/listpack.ts';
import { readField } from '../values/hash.ts';
import { stringLength, stringStart } from '../values/string.ts';

const STAR = 0x2a;
const HASH_SIGN = 0x23;
const INITIAL_BYTES = 256;

export class KeyPattern {
  /** It is `#`. */
  readonly isElement: boolean;
  /** Keys depend on elements: it has a `*`. */
  readonly isVariable: boolean;
  private readonly args: Args;
  private readonly start: number;
  private readonly star: number;
  private readonly nameEnd: number;
  private readonly fieldStart: number;
  private readonly fieldEnd: number;
  /** The key asked for last, as the only argument. */
  private key = new Args(Buffer.allocUnsafe(INITIAL_BYTES));

  /** The pattern is argument `i`, borrowed like all arguments. */
  constructor(args: Args, i: number) {
    const { bytes } = args;
    const start = args.start[i];
    const end = args.end[i];
    const nul = bytes.subarray(start, end).indexOf(0);
    const visible = bytes.subarray(0, nul < 0 ? end : start + nul);
    this.args = args;
    this.start = start;
    this.star = visible.indexOf(STAR, start);
    this.isElement = visible.length === start + 1 && visible[start] === HASH_SIGN;
    this.isVariable = this.star >= 0;
    const arrow = this.isVariable ? visible.indexOf('->', this.star + 1) : -1;
    const hasField = arrow >= 0 && arrow + 2 < visible.length;
    this.nameEnd = hasField ? arrow : end;
    this.fieldStart = hasField ? arrow + 2 : end;
    this.fieldEnd = end;
    this.key.push(0, 0);
  }

  /** Points `value` at what the element `bytes[start..end)` leads to; false when that is nothing. Counts as a read. */
  read(database: Database, bytes: Buffer, view: DataView, start: number, end: number, value: ListpackCursor): boolean {
    if (this.isElement) {
      value.point(bytes, view, start, end);
      return true;
    }
    if (!this.isVariable) return false;
    this.nameKey(bytes, start, end);
    const { arena } = database;
    if (this.fieldStart === this.fieldEnd) {
      const ref = database.read(this.key, 0, STRING);
      if (ref === NO_REF || ref === WRONG_TYPE) return false;
      const from = stringStart(arena, ref);
      value.point(arena.bytes[ref >>> 22], arena.views[ref >>> 22], from, from + stringLength(arena, ref));
      return true;
    }
    const ref = database.read(this.key, 0, HASH);
    if (ref === NO_REF || ref === WRONG_TYPE) return false;
    return readField(database, ref, this.args.bytes, this.args.view, this.fieldStart, this.fieldEnd, value);
  }

  private nameKey(element: Buffer, start: number, end: number): void {
    const pattern = this.args.bytes;
    const length = this.nameEnd - this.start - 1 + end - start;
    if (length > this.key.bytes.length) {
      this.key = new Args(Buffer.allocUnsafe(length * 2));
      this.key.push(0, 0);
    }
    const { bytes } = this.key;
    let at = pattern.copy(bytes, 0, this.start, this.star);
    at += element.copy(bytes, at, start, end);
    pattern.copy(bytes, at, this.star + 1, this.nameEnd);
    this.key.end[0] = length;
  }
}
