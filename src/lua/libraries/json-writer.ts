/**
 * Writes Lua's values as JSON, as cjson does: a table whose keys are all integers from 1 on is an array, with nulls where
 * nothing is; any other, the empty one too, is an object, its keys in the order of a traversal.
 */
import type { Budget } from '../budget.ts';
import { raise } from '../error.ts';
import { numberToString } from '../numbers.ts';
import { LuaTable } from '../table.ts';
import { NULL } from '../userdata.ts';
import { type LuaValue, typeName } from '../value.ts';
import { ByteWriter } from './byte-writer.ts';
import type { JsonSettings } from './json-settings.ts';

const INT_LIMIT = 2 ** 31;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
/** So many digits at most has what `ByteWriter.digits` writes. */
const SMALL_DIGITS = 9;

const SHORT_ESCAPES = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\f', '\\f'],
  ['\r', '\\r'],
]);
/** What stands for a character in a string; empty for itself. */
const ESCAPES = Array.from({ length: 256 }, (_, code) => {
  const short = SHORT_ESCAPES.get(String.fromCharCode(code));
  if (short !== undefined) return short;
  return code < 0x20 || code === 0x7f ? `\\u${code.toString(16).padStart(4, '0')}` : '';
});
const IS_ESCAPED = Uint8Array.from(ESCAPES, (written) => (written === '' ? 0 : 1));

export class JsonWriter {
  private readonly budget: Budget;
  private readonly settings: JsonSettings;
  private readonly out: ByteWriter;

  constructor(budget: Budget, settings: JsonSettings) {
    this.budget = budget;
    this.settings = settings;
    this.out = new ByteWriter(budget);
  }

  write(value: LuaValue): string {
    this.out.clear();
    this.append(value, 0);
    return this.out.take();
  }

  private append(value: LuaValue, depth: number): void {
    if (typeof value === 'string') this.appendString(value);
    else if (typeof value === 'number') this.appendNumber(value);
    else if (typeof value === 'boolean') this.out.text(value ? 'true' : 'false');
    else if (value instanceof LuaTable) this.appendTable(value, depth + 1);
    else if (value === undefined || value === NULL) this.out.text('null');
    else refuse(value, 'type not supported');
  }

  private appendString(value: string): void {
    const { out } = this;
    const { length } = value;
    out.reserve(length + 2);
    const { bytes } = out;
    let at = out.length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (IS_ESCAPED[code] === 1) return this.appendEscaped(value);
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    out.length = at;
  }

  private appendEscaped(value: string): void {
    const { out } = this;
    out.byte(QUOTE);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (IS_ESCAPED[code] === 1) out.text(ESCAPES[code]);
      else out.byte(code);
    }
    out.byte(QUOTE);
  }

  private appendNumber(value: number): void {
    const { out, settings } = this;
    // With fewer digits than it has, a number is written with an exponent.
    if (settings.numberPrecision >= SMALL_DIGITS && out.digits(value)) return;
    if (Number.isFinite(value)) {
      out.text(numberToString(value, settings.numberPrecision));
    } else if (settings.encodeInvalidNumbers === 'off') {
      refuse(value, 'must not be NaN or Inf');
    } else if (settings.encodeInvalidNumbers === 'null') {
      out.text('null');
    } else {
      out.text(Number.isNaN(value) ? 'nan' : numberToString(value));
    }
  }

  private appendTable(table: LuaTable, depth: number): void {
    if (depth > this.settings.encodeMaxDepth) raise(`Cannot serialise, excessive nesting (${depth})`);
    const length = this.arrayLength(table);
    if (length > 0) this.appendArray(table, length, depth);
    else this.appendObject(table, depth);
  }

  /** How long the array is that the table becomes; -1 if it becomes an object. */
  private arrayLength(table: LuaTable): number {
    let greatest = 0;
    let count = 0;
    for (let place = table.nextPlace(0); place > 0; place = table.nextPlace(place)) {
      const key = table.keyAt(place);
      if (typeof key !== 'number' || !(key >= 1) || Math.floor(key) !== key) return -1;
      // An index that is no C int counts as the least of them.
      if (key > greatest) greatest = key < INT_LIMIT ? key : -INT_LIMIT;
      count++;
    }
    const { sparseRatio, sparseSafe, isSparseConverted } = this.settings;
    if (sparseRatio > 0 && greatest > count * sparseRatio && greatest > sparseSafe) {
      if (!isSparseConverted) refuse(table, 'excessively sparse array');
      return -1;
    }
    // There may be far more indices between the values than one would want to look at.
    if (greatest > count) this.budget.allocateString((greatest - count) * 'null,'.length);
    return greatest;
  }

  private appendArray(table: LuaTable, length: number, depth: number): void {
    this.out.byte(0x5b);
    let gap = 0;
    for (let index = 1; index <= length; index++) {
      const value = table.getInt(index);
      if (value === undefined) {
        gap++;
        continue;
      }
      if (gap > 0) this.out.text('null,'.repeat(gap));
      gap = 0;
      this.append(value, depth);
      if (index < length) this.out.byte(COMMA);
    }
    this.out.byte(0x5d);
  }

  private appendObject(table: LuaTable, depth: number): void {
    this.out.byte(0x7b);
    let isFirst = true;
    for (let place = table.nextPlace(0); place > 0; place = table.nextPlace(place)) {
      if (!isFirst) this.out.byte(COMMA);
      isFirst = false;
      const key = table.keyAt(place);
      if (typeof key === 'string') {
        this.appendString(key);
        this.out.byte(COLON);
      } else if (typeof key === 'number') {
        this.out.byte(QUOTE);
        this.appendNumber(key);
        this.out.text('":');
      } else {
        refuse(key, 'table key must be a number or string');
      }
      this.append(table.valueAt(place), depth);
    }
    this.out.byte(0x7d);
  }
}

function refuse(value: LuaValue, reason: string): never {
  raise(`Cannot serialise ${typeName(value)}: ${reason}`);
}
