/**
 * Writes Lua's values as MessagePack, byte for byte as lua-cmsgpack 0.4.0 does:
 *
 *   number    an integer in its shortest form if it fits 64 bits, else a float if that is exact, else a double
 *   table     an array if its keys are the integers from 1 on without a gap (the empty one too), else a map
 *   deeper    than sixteen tables: nil, and so is what has no form of its own (functions, cjson.null)
 */
import type { Budget } from '../budget.ts';
import { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';
import { ByteWriter } from './byte-writer.ts';

const MOST_NESTING = 16;
const INT_LIMIT = 2 ** 31;
const INT64_LIMIT = 2 ** 63;
const WORD = 2 ** 32;
/** Every table entry is visited twice: for its kind, and to be written. */
const STEPS_PER_ENTRY = 1;

/** How the head of something with a count says it: in one byte with the count, or followed by 8, 16 or 32 bits of it. */
interface Heads {
  readonly small: number;
  readonly smallLimit: number;
  /** 0 where there is no such form. */
  readonly eight: number;
  readonly sixteen: number;
}

const STRING_HEADS: Heads = { small: 0xa0, smallLimit: 32, eight: 0xd9, sixteen: 0xda };
const ARRAY_HEADS: Heads = { small: 0x90, smallLimit: 16, eight: 0, sixteen: 0xdc };
const MAP_HEADS: Heads = { small: 0x80, smallLimit: 16, eight: 0, sixteen: 0xde };

export class MsgpackWriter {
  private readonly budget: Budget;
  private readonly out: ByteWriter;

  constructor(budget: Budget) {
    this.budget = budget;
    this.out = new ByteWriter(budget);
  }

  /** All the values, one behind the other. */
  write(values: readonly LuaValue[]): string {
    this.out.clear();
    for (const value of values) this.append(value, 0);
    return this.out.take();
  }

  private append(value: LuaValue, depth: number): void {
    if (typeof value === 'string') {
      this.appendHead(value.length, STRING_HEADS);
      this.out.text(value);
    } else if (typeof value === 'number') this.appendNumber(value);
    else if (typeof value === 'boolean') this.out.byte(value ? 0xc3 : 0xc2);
    else if (value instanceof LuaTable && depth < MOST_NESTING) this.appendTable(value, depth + 1);
    else this.out.byte(0xc0);
  }

  private appendTable(table: LuaTable, depth: number): void {
    let greatest = 0;
    let count = 0;
    let isArray = true;
    for (let place = table.nextPlace(0); place > 0; place = table.nextPlace(place)) {
      const key = table.keyAt(place);
      if (typeof key === 'number' && key > 0 && key < INT_LIMIT && Math.floor(key) === key) {
        if (key > greatest) greatest = key;
      } else {
        isArray = false;
      }
      count++;
    }
    this.budget.spend(count * STEPS_PER_ENTRY);
    if (isArray && greatest === count) {
      this.appendHead(count, ARRAY_HEADS);
      for (let index = 1; index <= count; index++) this.append(table.getInt(index), depth);
      return;
    }
    this.appendHead(count, MAP_HEADS);
    for (let place = table.nextPlace(0); place > 0; place = table.nextPlace(place)) {
      this.append(table.keyAt(place), depth);
      this.append(table.valueAt(place), depth);
    }
  }

  private appendHead(count: number, heads: Heads): void {
    if (count < heads.smallLimit) this.out.byte(heads.small | count);
    else if (count <= 0xff && heads.eight > 0) this.appendInteger(heads.eight, count, 1);
    else if (count <= 0xffff) this.appendInteger(heads.sixteen, count, 2);
    else this.appendInteger(heads.sixteen + 1, count, 4);
  }

  private appendNumber(value: number): void {
    if (Math.floor(value) !== value || value < -INT64_LIMIT || value >= INT64_LIMIT) this.appendDouble(value);
    else if (value >= 0) this.appendPositive(value);
    else if (value >= -32) this.out.byte(value & 0xff);
    else if (value >= -0x80) this.appendInteger(0xd0, value, 1);
    else if (value >= -0x8000) this.appendInteger(0xd1, value, 2);
    else if (value >= -INT_LIMIT) this.appendInteger(0xd2, value, 4);
    else this.appendLong(0xd3, value);
  }

  private appendPositive(value: number): void {
    if (value <= 0x7f) this.out.byte(value);
    else if (value <= 0xff) this.appendInteger(0xcc, value, 1);
    else if (value <= 0xffff) this.appendInteger(0xcd, value, 2);
    else if (value < WORD) this.appendInteger(0xce, value, 4);
    else this.appendLong(0xcf, value);
  }

  /** A head and the low `size` bytes of a number, four at most. */
  private appendInteger(head: number, value: number, size: number): void {
    const { out } = this;
    out.reserve(size + 1);
    const { bytes } = out;
    let at = out.length;
    bytes[at++] = head;
    for (let shift = size * 8 - 8; shift >= 0; shift -= 8) bytes[at++] = value >> shift;
    out.length = at;
  }

  /** A head and eight bytes. */
  private appendLong(head: number, value: number): void {
    this.appendInteger(head, Math.floor(value / WORD), 4);
    this.out.reserve(4);
    this.out.length = this.out.bytes.writeUInt32BE(value >>> 0, this.out.length);
  }

  private appendDouble(value: number): void {
    const { out } = this;
    out.reserve(9);
    const isFloat = Math.fround(value) === value;
    const at = out.length + 1;
    out.bytes[at - 1] = isFloat ? 0xca : 0xcb;
    if (isFloat) {
      out.length = out.bytes.writeFloatBE(value, at);
    } else {
      out.length = out.bytes.writeDoubleBE(value, at);
      // As x86 makes it from 0/0, and as `tostring` shows it.
      if (Number.isNaN(value)) out.bytes.writeUInt32BE(0xfff80000, at);
    }
  }
}
