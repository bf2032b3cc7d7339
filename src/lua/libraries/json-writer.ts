/**
 * Writes Lua's values as JSON, as cjson does: a table whose keys are all integers from 1 on is an array, with nulls where
 * nothing is; any other, the empty one too, is an object, its keys in the order of a traversal.
 *
 * The text grows by concatenation, which V8 keeps as a rope until somebody reads it.
 */
import type { Budget } from '../budget.ts';
import { raise } from '../error.ts';
import { numberToString } from '../numbers.ts';
import { LuaTable } from '../table.ts';
import { NULL } from '../userdata.ts';
import { type LuaValue, typeName } from '../value.ts';
import type { JsonSettings } from './json-settings.ts';

const INT_LIMIT = 2 ** 31;
/** The text is looked at when it is so long, then whenever it has doubled. */
const LENGTH_PER_LOOK = 1 << 16;
/** Characters written in a step. */
const SHIFT_OF_STEP = 4;

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
/** What stands for a character in a string; undefined for itself. */
const ESCAPES = Array.from({ length: 256 }, (_, code) => {
  const short = SHORT_ESCAPES.get(String.fromCharCode(code));
  if (short !== undefined) return short;
  return code < 0x20 || code === 0x7f ? `\\u${code.toString(16).padStart(4, '0')}` : undefined;
});

export class JsonWriter {
  private readonly budget: Budget;
  private readonly settings: JsonSettings;
  private text = '';
  private lookAt = 0;

  constructor(budget: Budget, settings: JsonSettings) {
    this.budget = budget;
    this.settings = settings;
  }

  write(value: LuaValue): string {
    this.text = '';
    this.lookAt = LENGTH_PER_LOOK;
    this.append(value, 0);
    const { text } = this;
    this.text = '';
    this.budget.spend(text.length >> SHIFT_OF_STEP);
    this.budget.allocateString(text.length);
    return text;
  }

  private append(value: LuaValue, depth: number): void {
    if (typeof value === 'string') this.appendString(value);
    else if (typeof value === 'number') this.appendNumber(value);
    else if (typeof value === 'boolean') this.text += value ? 'true' : 'false';
    else if (value instanceof LuaTable) this.appendTable(value, depth + 1);
    else if (value === undefined || value === NULL) this.text += 'null';
    else refuse(value, 'type not supported');
    if (this.text.length > this.lookAt) this.look();
  }

  private look(): void {
    this.lookAt = this.text.length * 2;
    this.budget.spend(this.text.length >> SHIFT_OF_STEP);
    this.budget.allocateString(this.text.length);
  }

  private appendString(value: string): void {
    for (let at = 0; at < value.length; at++) {
      if (ESCAPES[value.charCodeAt(at)] === undefined) continue;
      this.text += `"${escaped(value, at)}"`;
      return;
    }
    this.text += `"${value}"`;
  }

  private appendNumber(value: number): void {
    if (Number.isFinite(value)) {
      this.text += numberToString(value, this.settings.numberPrecision);
    } else if (this.settings.encodeInvalidNumbers === 'off') {
      refuse(value, 'must not be NaN or Inf');
    } else if (this.settings.encodeInvalidNumbers === 'null') {
      this.text += 'null';
    } else {
      this.text += Number.isNaN(value) ? 'nan' : numberToString(value);
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
    this.text += '[';
    let gap = 0;
    for (let index = 1; index <= length; index++) {
      const value = table.getInt(index);
      if (value === undefined) {
        gap++;
        continue;
      }
      if (gap > 0) this.text += 'null,'.repeat(gap);
      gap = 0;
      this.append(value, depth);
      if (index < length) this.text += ',';
    }
    this.text += ']';
  }

  private appendObject(table: LuaTable, depth: number): void {
    this.text += '{';
    let isFirst = true;
    for (let place = table.nextPlace(0); place > 0; place = table.nextPlace(place)) {
      if (!isFirst) this.text += ',';
      isFirst = false;
      const key = table.keyAt(place);
      if (typeof key === 'string') {
        this.appendString(key);
        this.text += ':';
      } else if (typeof key === 'number') {
        this.text += '"';
        this.appendNumber(key);
        this.text += '":';
      } else {
        refuse(key, 'table key must be a number or string');
      }
      this.append(table.valueAt(place), depth);
    }
    this.text += '}';
  }
}

function refuse(value: LuaValue, reason: string): never {
  raise(`Cannot serialise ${typeName(value)}: ${reason}`);
}

/** `value` with escapes, of which the first is at `first`. */
function escaped(value: string, first: number): string {
  let text = '';
  let copied = 0;
  for (let at = first; at < value.length; at++) {
    const written = ESCAPES[value.charCodeAt(at)];
    if (written === undefined) continue;
    text += value.slice(copied, at) + written;
    copied = at + 1;
  }
  return text + value.slice(copied);
}
