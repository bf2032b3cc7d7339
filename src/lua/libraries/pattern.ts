/**
 * Lua's patterns, read into a list of items once and kept for the next call.
 *
 * Lua finds a mistake in a pattern only when matching comes to it: `find("b", "a%")` is just nil. So a mistake is an item
 * of its own (FAULT), behind which nothing is read. As in C, a pattern ends at its first NUL.
 */
import { ANY_BYTE, type ByteSet, bracketSet, escapedSet, singleSet } from './character-classes.ts';

/** What an item is. The first five match bytes of a set, as often as the suffix says. */
export const ONE = 0;
export const OPTIONAL = 1;
const MOST = 2;
export const MOST_BUT_ONE = 3;
export const FEWEST = 4;
export const OPEN = 5;
export const OPEN_POSITION = 6;
export const CLOSE = 7;
export const BALANCE = 8;
export const FRONTIER = 9;
export const SAME_AS_CAPTURE = 10;
export const AT_END = 11;
const FAULT = 12;
export const END = 13;

export interface Item {
  readonly kind: number;
  /** The bytes that match, where it is about a set. */
  readonly set: ByteSet;
  /** BALANCE: the two bytes; SAME_AS_CAPTURE: the index, below zero for `%0`. */
  readonly first: number;
  readonly second: number;
  /** FAULT: what Lua says. */
  readonly message: string;
}

export interface Pattern {
  readonly items: readonly Item[];
  /** Begins with `^`, which is none of the items. */
  readonly isAnchored: boolean;
  /** Has no character that would make it more than a text. */
  readonly isText: boolean;
}

const SUFFIXES = new Map([
  ['?', OPTIONAL],
  ['*', MOST],
  ['+', MOST_BUT_ONE],
  ['-', FEWEST],
]);
const SPECIALS = /[\^$*+?.([%-]/;

const MOST_CACHED = 512;
const LONGEST_CACHED = 256;

/** Patterns that were read, by their texts. */
class Cache {
  private readonly patterns = new Map<string, Pattern>();
  private readonly mayBeAnchored: boolean;

  constructor(mayBeAnchored: boolean) {
    this.mayBeAnchored = mayBeAnchored;
  }

  read(text: string): Pattern {
    return this.patterns.get(text) ?? this.add(text);
  }

  private add(text: string): Pattern {
    const terminated = text.split('\0', 1)[0];
    const isAnchored = this.mayBeAnchored && terminated[0] === '^';
    const items = readItems(isAnchored ? terminated.slice(1) : terminated);
    const pattern = { items, isAnchored, isText: !SPECIALS.test(terminated) };
    if (text.length <= LONGEST_CACHED) {
      if (this.patterns.size >= MOST_CACHED) this.patterns.clear();
      this.patterns.set(text, pattern);
    }
    return pattern;
  }
}

const patterns = new Cache(true);
const unanchored = new Cache(false);

export function readPattern(text: string): Pattern {
  return patterns.read(text);
}

/** For `gmatch`, to which `^` means nothing. */
export function readUnanchored(text: string): Pattern {
  return unanchored.read(text);
}

function item(kind: number, set: ByteSet = ANY_BYTE, first = 0, second = 0, message = ''): Item {
  return { kind, set, first, second, message };
}

function fault(message: string): Item {
  return item(FAULT, ANY_BYTE, 0, 0, message);
}

function readItems(text: string): Item[] {
  const items: Item[] = [];
  let at = 0;
  while (at < text.length) {
    const next = text[at + 1];
    if (text[at] === '(') {
      items.push(item(next === ')' ? OPEN_POSITION : OPEN));
      at += next === ')' ? 2 : 1;
    } else if (text[at] === ')') {
      items.push(item(CLOSE));
      at++;
    } else if (text[at] === '$' && next === undefined) {
      items.push(item(AT_END));
      at++;
    } else if (text[at] === '%' && next === 'b') {
      if (at + 3 >= text.length) return [...items, fault('unbalanced pattern')];
      items.push(item(BALANCE, ANY_BYTE, text.charCodeAt(at + 2), text.charCodeAt(at + 3)));
      at += 4;
    } else if (text[at] === '%' && next >= '0' && next <= '9') {
      items.push(item(SAME_AS_CAPTURE, ANY_BYTE, Number(next) - 1));
      at += 2;
    } else {
      const isFrontier = text[at] === '%' && next === 'f';
      if (isFrontier) at += 2;
      if (isFrontier && text[at] !== '[') return [...items, fault("missing '[' after '%f' in pattern")];
      const end = endOfSet(text, at);
      if (typeof end === 'string') return [...items, fault(end)];
      const suffix = isFrontier ? FRONTIER : SUFFIXES.get(text[end]);
      items.push(item(suffix ?? ONE, readSet(text, at, end)));
      at = suffix === undefined || isFrontier ? end : end + 1;
    }
  }
  items.push(item(END));
  return items;
}

/** Where the set that begins at `at` ends, or what is wrong with it. */
function endOfSet(text: string, start: number): number | string {
  let at = start + 1;
  if (text[start] === '%') return at < text.length ? at + 1 : "malformed pattern (ends with '%')";
  if (text[start] !== '[') return at;
  if (text[at] === '^') at++;
  // The first character is a member whatever it is.
  do {
    if (at >= text.length) return "malformed pattern (missing ']')";
    at += text[at] === '%' && at + 1 < text.length ? 2 : 1;
  } while (text[at] !== ']');
  return at + 1;
}

function readSet(text: string, start: number, end: number): ByteSet {
  if (text[start] === '%') return escapedSet(text[start + 1]);
  if (text[start] === '[') return bracketSet(text.slice(start + 1, end - 1));
  return text[start] === '.' ? ANY_BYTE : singleSet(text[start]);
}
