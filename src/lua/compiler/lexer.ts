/**
 * Lua 5.1's tokens, and its complaints about what is none.
 *
 * A token's kind is how messages call it: the keyword or sign itself, or `<name>`, `<string>`, `<number>`, `<eof>`.
 */

import { LuaError } from '../error.ts';
import { stringToNumber } from '../numbers.ts';

const KEYWORDS = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
);

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMERAL = /\.?\d[\d.]*(?:[eE][+-]?)?[A-Za-z0-9_]*/y;
const SPACE = /[ \t\v\f]+/y;
const LINE_REST = /[^\r\n]*/y;
const SIGN = /\.\.\.|\.\.|==|~=|<=|>=|[\s\S]/y;
const LONG_BRACKET = /\[(=*)\[/y;
const STRING_PART = /[^\\\r\n"']+/y;
const DECIMAL_ESCAPE = /\d{1,3}/y;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

export class Lexer {
  /** The current token: its kind, and what a name, string or number is. */
  kind = '<eof>';
  text = '';
  number = 0;
  /** Lines of the current token's end and of the one before it. */
  line = 1;
  lastLine = 1;
  private readonly source: string;
  private readonly chunk: string;
  private at = 0;
  private start = 0;
  private ahead: { kind: string; text: string; number: number; line: number; start: number; at: number } | undefined;

  /** `chunk` is the name that messages begin with. Starts at the first token. */
  constructor(source: string, chunk: string) {
    this.source = source;
    this.chunk = chunk;
    this.next();
  }

  /** Goes on to the next token. */
  next(): void {
    this.lastLine = this.line;
    if (this.ahead === undefined) {
      this.read();
      return;
    }
    ({
      kind: this.kind,
      text: this.text,
      number: this.number,
      line: this.line,
      start: this.start,
      at: this.at,
    } = this.ahead);
    this.ahead = undefined;
  }

  /** The kind of the token after the current one. */
  peek(): string {
    const { kind, text, number, start, at } = this;
    this.read();
    this.ahead = {
      kind: this.kind,
      text: this.text,
      number: this.number,
      line: this.line,
      start: this.start,
      at: this.at,
    };
    // As in Lua the line is now that of the token ahead.
    Object.assign(this, { kind, text, number, start, at });
    return this.ahead.kind;
  }

  /** Throws a syntax error at the current token. */
  fail(message: string): never {
    // C knows a token by a number, and takes that of a NUL for none.
    if (this.kind === '\0') return this.failWithoutToken(message);
    if (this.kind === '<string>') return this.failNear(message, this.delimited(this.text));
    const isNamed = this.kind === '<name>' || this.kind === '<number>';
    return this.failNear(message, isNamed ? this.source.slice(this.start, this.at) : printable(this.kind));
  }

  /** A string as messages show it: between what it stands between, its escapes resolved. */
  private delimited(text: string): string {
    const opening = /^(?:["']|\[=*\[)/.exec(this.source.slice(this.start, this.at))?.[0] ?? '';
    return opening + text + opening.replaceAll('[', ']');
  }

  /** Throws a syntax error that is about no token. */
  failWithoutToken(message: string): never {
    throw new LuaError(`${this.chunk}:${this.line}: ${message}`);
  }

  private failNear(message: string, near: string): never {
    // As Lua's, the message is a C string.
    return this.failWithoutToken(`${message} near '${near.split('\0', 1)[0]}'`);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found[0];
  }

  private read(): void {
    this.skipBlank();
    this.start = this.at;
    const source = this.source;
    if (this.at >= source.length) {
      this.kind = '<eof>';
      return;
    }
    const name = this.match(NAME);
    if (name !== undefined) {
      this.kind = KEYWORDS.has(name) ? name : '<name>';
      this.text = name;
      return;
    }
    const numeral = this.match(NUMERAL);
    if (numeral !== undefined) {
      const value = stringToNumber(numeral);
      if (value === undefined) this.failNear('malformed number', numeral);
      this.kind = '<number>';
      this.number = value;
      return;
    }
    this.readSign();
  }

  private skipBlank(): void {
    const source = this.source;
    for (;;) {
      const char = source[this.at];
      if (char === '\n' || char === '\r') this.skipNewline();
      else if (char === '-' && source[this.at + 1] === '-') this.skipComment();
      else if (this.match(SPACE) === undefined) return;
    }
  }

  /** `\n`, `\r`, `\r\n` and `\n\r` are one end of line each. */
  private skipNewline(): void {
    const first = this.source[this.at++];
    const second = this.source[this.at];
    if ((second === '\n' || second === '\r') && second !== first) this.at++;
    this.line++;
  }

  private skipComment(): void {
    this.start = this.at;
    this.at += 2;
    const bracket = this.match(LONG_BRACKET);
    if (bracket !== undefined) this.readLong(bracket.length, 'comment');
    else this.match(LINE_REST);
  }

  private readSign(): void {
    const char = this.source[this.at];
    if (char === '"' || char === "'") {
      this.readString(char);
      return;
    }
    if (char === '[') {
      const bracket = this.match(LONG_BRACKET);
      if (bracket !== undefined) {
        this.text = this.readLong(bracket.length, 'string');
        this.kind = '<string>';
        return;
      }
      if (this.source[this.at + 1] === '=') {
        this.at++;
        while (this.source[this.at] === '=') this.at++;
        this.failNear('invalid long string delimiter', this.source.slice(this.start, this.at));
      }
    }
    this.kind = this.match(SIGN) ?? '<eof>';
  }

  private readLong(openingLength: number, what: 'string' | 'comment'): string {
    const source = this.source;
    const closing = `]${'='.repeat(openingLength - 2)}]`;
    const end = source.indexOf(closing, this.at);
    const body = source.slice(this.at, end < 0 ? source.length : end);
    this.countLines(body);
    if (end < 0) {
      this.at = source.length;
      this.failNear(`unfinished long ${what}`, '<eof>');
    }
    this.at = end + openingLength;
    const first = /^(?:\r\n|\n\r|\r|\n)/.exec(body)?.[0].length ?? 0;
    return body.slice(first).replace(/\r\n|\n\r|\r/g, '\n');
  }

  private countLines(text: string): void {
    const found = text.match(/\r\n|\n\r|\r|\n/g);
    if (found !== null) this.line += found.length;
  }

  private readString(quote: string): void {
    const source = this.source;
    this.at++;
    let text = '';
    for (;;) {
      text += this.match(STRING_PART) ?? '';
      const char = source[this.at];
      if (char === undefined) this.failNear('unfinished string', '<eof>');
      if (char === '\n' || char === '\r') {
        this.failNear('unfinished string', quote + text);
      }
      if (char === '\\') {
        text += this.readEscape(quote + text);
        continue;
      }
      this.at++;
      if (char === quote) break;
      text += char;
    }
    this.text = text;
    this.kind = '<string>';
  }

  private readEscape(before: string): string {
    this.at++;
    const char = this.source[this.at];
    if (char === undefined) return '';
    if (char === '\n' || char === '\r') {
      this.skipNewline();
      return '\n';
    }
    const digits = this.match(DECIMAL_ESCAPE);
    if (digits !== undefined) {
      if (Number(digits) > 255) this.failNear('escape sequence too large', before);
      return String.fromCharCode(Number(digits));
    }
    this.at++;
    return Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : char;
  }
}

/** A token as messages show it: control characters by their number. */
export function printable(kind: string): string {
  const code = kind.charCodeAt(0);
  return kind.length === 1 && (code < 32 || code === 127) ? `char(${code})` : kind;
}
