/**
 * Reads JSON as cjson does: straight into Lua's values, without recursion, lenient where cjson is (numbers are C's, a NUL
 * ends the text, bytes above 127 pass as they are) and with its messages.
 *
 * The way of valid text never names tokens. Where something else stands than what has to, `fail` looks at that place once
 * more, as cjson's tokenizer would, to say what it found.
 *
 * JavaScript's own JSON.parse was rejected: it makes objects that have to be walked again, in another order, with other
 * numbers and other messages.
 */
import { scanDouble, scannedEnd } from '../../bytes/scan-double.ts';
import type { Budget } from '../budget.ts';
import { raise } from '../error.ts';
import { LuaTable } from '../table.ts';
import { NULL } from '../userdata.ts';
import type { LuaValue } from '../value.ts';
import type { JsonSettings } from './json-settings.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

/** What tables and their entries take, about. */
const TABLE_BYTES = 120;
const ENTRY_BYTES = 32;
/** Characters read in a step. */
const SHIFT_OF_STEP = 4;

const ESCAPES = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
]);
const TOKENS = new Map([
  ['{', 'T_OBJ_BEGIN'],
  ['}', 'T_OBJ_END'],
  ['[', 'T_ARR_BEGIN'],
  [']', 'T_ARR_END'],
  [':', 'T_COLON'],
  [',', 'T_COMMA'],
  ['\0', 'T_END'],
]);
const NUMBER_START = /[-\d]/;
const INVALID_NUMBER = /\+|-?(?:0x|0\d|inf|nan)/iy;

/** A place in a string where it is not one. */
interface StringFault {
  readonly problem: string;
  readonly at: number;
}

/** Says that a container was opened and its first value is next. */
const OPENED = Symbol('opened');

export class JsonReader {
  private readonly budget: Budget;
  private readonly settings: JsonSettings;
  private text = '';
  private at = 0;
  /** The containers around, outermost first: a table, its items if it is an array, and the key whose value is next. */
  private readonly tables: LuaTable[] = [];
  private readonly items: (LuaValue[] | undefined)[] = [];
  private readonly keys: string[] = [];

  constructor(budget: Budget, settings: JsonSettings) {
    this.budget = budget;
    this.settings = settings;
  }

  /** The value that `text` is. */
  read(text: string): LuaValue {
    this.budget.spend(text.length >> SHIFT_OF_STEP);
    this.text = text;
    this.at = 0;
    this.tables.length = 0;
    this.items.length = 0;
    this.keys.length = 0;
    const value = this.readValue();
    if (this.nextCode() !== 0) this.fail('the end');
    return value;
  }

  private readValue(): LuaValue {
    for (;;) {
      const opened = this.readScalar();
      if (opened === OPENED) continue;
      let value: LuaValue = opened;
      for (;;) {
        const top = this.tables.length - 1;
        if (top < 0) return value;
        this.budget.allocate(ENTRY_BYTES);
        const items = this.items[top];
        if (items !== undefined) items.push(value);
        else this.tables[top].setString(this.keys[top], value);
        const code = this.nextCode();
        if (code === COMMA) {
          this.at++;
          if (items === undefined) this.readKey(top);
          break;
        }
        if (code !== (items === undefined ? BRACE_END : BRACKET_END)) {
          this.fail(items === undefined ? 'comma or object end' : 'comma or array end');
        }
        this.at++;
        value = this.close();
      }
    }
  }

  private close(): LuaTable {
    this.items.pop();
    this.keys.pop();
    return this.tables.pop() as LuaTable;
  }

  /** The code behind white space, 0 at the end. */
  private nextCode(): number {
    const { text } = this;
    let at = this.at;
    let code = text.charCodeAt(at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt(++at);
    this.at = at;
    return at < text.length ? code : 0;
  }

  /** A value that is no container, or an empty one, or OPENED. */
  private readScalar(): LuaValue | typeof OPENED {
    const { text } = this;
    const code = this.nextCode();
    if (code === QUOTE) return this.readString('value');
    if (code === BRACE || code === BRACKET) return this.open(code);
    if ((code >= 0x30 && code <= 0x39) || code === 0x2d) return this.readNumber();
    if (text.startsWith('true', this.at)) {
      this.at += 4;
      return true;
    }
    if (text.startsWith('false', this.at)) {
      this.at += 5;
      return false;
    }
    if (text.startsWith('null', this.at)) {
      this.at += 4;
      return NULL;
    }
    // Infinity, NaN and numbers with a plus, where they are allowed.
    if (this.settings.decodeInvalidNumbers && isInvalidNumber(text, this.at)) return this.readNumber();
    return this.fail('value');
  }

  private readNumber(): number {
    if (!this.settings.decodeInvalidNumbers && isInvalidNumber(this.text, this.at)) this.fail('value');
    const value = scanDouble(this.text, this.at);
    const end = scannedEnd();
    if (end === this.at) this.fail('value');
    this.at = end;
    return value;
  }

  private open(code: number): LuaTable | typeof OPENED {
    const depth = this.tables.length + 1;
    this.at++;
    if (depth > this.settings.decodeMaxDepth) {
      raise(`Found too many nested data structures (${depth}) at character ${this.at}`);
    }
    this.budget.allocate(TABLE_BYTES);
    const isArray = code === BRACKET;
    const items: LuaValue[] = [];
    const table = new LuaTable(items);
    if (this.nextCode() === (isArray ? BRACKET_END : BRACE_END)) {
      this.at++;
      return table;
    }
    this.tables.push(table);
    this.items.push(isArray ? items : undefined);
    this.keys.push('');
    if (!isArray) this.readKey(depth - 1);
    return OPENED;
  }

  private readKey(top: number): void {
    if (this.nextCode() !== QUOTE) this.fail('object key string');
    this.keys[top] = this.readString('object key string');
    if (this.nextCode() !== COLON) this.fail('colon');
    this.at++;
  }

  /** The string that begins with the quote at `at`. */
  private readString(expected: string): string {
    const { text } = this;
    const start = this.at + 1;
    let at = start;
    let code = text.charCodeAt(at);
    while (code !== QUOTE && code !== BACKSLASH && code !== 0 && at < text.length) code = text.charCodeAt(++at);
    if (code === QUOTE) {
      this.at = at + 1;
      return text.slice(start, at);
    }
    const parts = readEscaped(text, start);
    if (!Array.isArray(parts)) return this.fail(expected);
    this.at = parts[1];
    return parts[0];
  }

  /** Throws: what stands at `at` is not what was expected. */
  private fail(expected: string): never {
    const code = this.nextCode();
    const [found, at] = this.describe(code === 0 ? '\0' : this.text[this.at]);
    return raise(`Expected ${expected} but found ${found} at character ${at + 1}`);
  }

  private describe(character: string): [found: string, at: number] {
    const { text, at } = this;
    const token = TOKENS.get(character);
    if (token !== undefined) return [token, at];
    if (character === '"') {
      const read = readEscaped(text, at + 1);
      return Array.isArray(read) ? ['T_STRING', at] : [read.problem, read.at];
    }
    const isInvalid = isInvalidNumber(text, at);
    if (NUMBER_START.test(character))
      return [this.describeNumber(isInvalid && !this.settings.decodeInvalidNumbers), at];
    if (text.startsWith('true', at) || text.startsWith('false', at)) return ['T_BOOLEAN', at];
    if (text.startsWith('null', at)) return ['T_NULL', at];
    if (isInvalid && this.settings.decodeInvalidNumbers) return [this.describeNumber(false), at];
    return ['invalid token', at];
  }

  private describeNumber(isRefused: boolean): string {
    scanDouble(this.text, this.at);
    return isRefused || scannedEnd() === this.at ? 'invalid number' : 'T_NUMBER';
  }
}

function isInvalidNumber(text: string, at: number): boolean {
  INVALID_NUMBER.lastIndex = at;
  return INVALID_NUMBER.test(text);
}

/** The string that begins at `start`, behind its quote, and where the text goes on behind it; or what is wrong with it. */
function readEscaped(text: string, start: number): [string, number] | StringFault {
  let read = '';
  let at = start;
  let copied = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return [read + text.slice(copied, at), at + 1];
    if (code === 0 || at >= text.length) return { problem: 'unexpected end of string', at };
    if (code !== BACKSLASH) {
      at++;
      continue;
    }
    read += text.slice(copied, at);
    if (text[at + 1] === 'u') {
      const point = readCodePoint(text, at);
      if (point < 0) return { problem: 'invalid unicode escape code', at };
      read += utf8(point);
      at += point > 0xffff ? 12 : 6;
    } else {
      const character = ESCAPES.get(text[at + 1]);
      if (character === undefined) return { problem: 'invalid escape code', at };
      read += character;
      at += 2;
    }
    copied = at;
  }
}

/** The code point of `\uXXXX` at `at`, or of two of them that are a surrogate pair; -1 if they are no such thing. */
function readCodePoint(text: string, at: number): number {
  const unit = readHexadecimal(text, at + 2);
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  if (unit >= 0xdc00 || text[at + 6] !== '\\' || text[at + 7] !== 'u') return -1;
  const low = readHexadecimal(text, at + 8);
  return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff) : -1;
}

function readHexadecimal(text: string, at: number): number {
  const digits = text.slice(at, at + 4);
  return /^[\da-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
}

/** The bytes of a code point. */
function utf8(point: number): string {
  return Buffer.from(String.fromCodePoint(point), 'utf8').toString('latin1');
}
