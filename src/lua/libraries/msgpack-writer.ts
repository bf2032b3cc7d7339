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

const MOST_NESTING = 16;
const INT_LIMIT = 2 ** 31;
const INT64_LIMIT = 2 ** 63;
const WORD = 2 ** 32;
/** The text is looked at when it is so long, then whenever it has doubled. */
const LENGTH_PER_LOOK = 1 << 16;
/** Characters written in a step. */
const SHIFT_OF_STEP = 4;
/** Every table entry is visited twice: for its kind, and to be written. */
const STEPS_PER_ENTRY = 1;

const BYTES = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
const view = new DataView(new ArrayBuffer(8));

export class MsgpackWriter {
  private readonly budget: Budget;
  private text = '';
  private lookAt = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  /** All the values, one behind the other. */
  write(values: readonly LuaValue[]): string {
    this.text = '';
    this.lookAt = LENGTH_PER_LOOK;
    for (const value of values) this.append(value, 0);
    const { text } = this;
    this.text = '';
    this.budget.allocateString(text.length);
    return text;
  }

  private append(value: LuaValue, depth: number): void {
    if (typeof value === 'string') this.text += stringHead(value.length) + value;
    else if (typeof value === 'number') this.text += numberBytes(value);
    else if (typeof value === 'boolean') this.text += BYTES[value ? 0xc3 : 0xc2];
    else if (value instanceof LuaTable && depth < MOST_NESTING) this.appendTable(value, depth + 1);
    else this.text += BYTES[0xc0];
    if (this.text.length > this.lookAt) {
      this.lookAt = this.text.length * 2;
      this.budget.spend(this.text.length >> SHIFT_OF_STEP);
      this.budget.allocateString(this.text.length);
    }
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
      this.text += containerHead(count, 0x90, 0xdc);
      for (let index = 1; index <= count; index++) this.append(table.getInt(index), depth);
      return;
    }
    this.text += containerHead(count, 0x80, 0xde);
    for (let place = table.nextPlace(0); place > 0; place = table.nextPlace(place)) {
      this.append(table.keyAt(place), depth);
      this.append(table.valueAt(place), depth);
    }
  }
}

function stringHead(length: number): string {
  if (length < 32) return BYTES[0xa0 | length];
  if (length <= 0xff) return BYTES[0xd9] + BYTES[length];
  return length <= 0xffff ? BYTES[0xda] + twoBytes(length) : BYTES[0xdb] + fourBytes(length);
}

function containerHead(count: number, small: number, sixteen: number): string {
  if (count <= 15) return BYTES[small | count];
  return count <= 0xffff ? BYTES[sixteen] + twoBytes(count) : BYTES[sixteen + 1] + fourBytes(count);
}

function numberBytes(value: number): string {
  if (Math.floor(value) !== value || value < -INT64_LIMIT || value >= INT64_LIMIT) return doubleBytes(value);
  if (value >= 0) {
    if (value <= 0x7f) return BYTES[value];
    if (value <= 0xff) return BYTES[0xcc] + BYTES[value];
    if (value <= 0xffff) return BYTES[0xcd] + twoBytes(value);
    if (value < WORD) return BYTES[0xce] + fourBytes(value);
    return BYTES[0xcf] + eightBytes(value);
  }
  if (value >= -32) return BYTES[value & 0xff];
  if (value >= -0x80) return BYTES[0xd0] + BYTES[value & 0xff];
  if (value >= -0x8000) return BYTES[0xd1] + twoBytes(value);
  if (value >= -INT_LIMIT) return BYTES[0xd2] + fourBytes(value);
  return BYTES[0xd3] + eightBytes(value);
}

function twoBytes(value: number): string {
  return BYTES[(value >> 8) & 0xff] + BYTES[value & 0xff];
}

/** The low 32 bits. */
function fourBytes(value: number): string {
  return String.fromCharCode((value >> 24) & 0xff, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
}

function eightBytes(value: number): string {
  return fourBytes(Math.floor(value / WORD)) + fourBytes(value);
}

function doubleBytes(value: number): string {
  if (Math.fround(value) === value) {
    view.setFloat32(0, value);
    return BYTES[0xca] + fourBytes(view.getInt32(0));
  }
  view.setFloat64(0, value);
  // As x86 makes it from 0/0, and as `tostring` shows it.
  if (Number.isNaN(value)) view.setUint32(0, 0xfff80000);
  return BYTES[0xcb] + fourBytes(view.getInt32(0)) + fourBytes(view.getInt32(4));
}
