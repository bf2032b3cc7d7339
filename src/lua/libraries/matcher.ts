/**
 * Matches a pattern by trying, as Lua does, but without recursion: what is left to try stands on a stack of its own. So a
 * match can be interrupted after any number of steps and go on later, and a long pattern needs no deep stack (C's may
 * overflow).
 *
 * A pattern has no loops: every item is on the stack once at most, so the stack is no longer than the pattern.
 *
 *   choice          four numbers on the stack: what, the item, a position in the text, a count (`top` is behind the last)
 *     FEWER         an item matched `count` bytes from `position`; try one less
 *     MORE          an item matched nothing more at `position`; try one byte more
 *     WITHOUT       an item matched one byte at `position`; try none
 *     UNDO_OPEN     forget the last capture, then go on failing
 *     UNDO_CLOSE    open capture `count` again, then go on failing
 */
import { raise } from '../error.ts';
import type { ByteSet } from './character-classes.ts';
import {
  AT_END,
  BALANCE,
  CLOSE,
  END,
  FEWEST,
  FRONTIER,
  type Item,
  MOST_BUT_ONE,
  ONE,
  OPEN,
  OPEN_POSITION,
  OPTIONAL,
  SAME_AS_CAPTURE,
} from './pattern.ts';

const MATCHED = 1;
export const FAILED = 0;
/** The steps are used up; `run` again to go on. */
export const PAUSED = -1;

const UNFINISHED = -1;
const POSITION = -2;
const MOST_CAPTURES = 32;

const FEWER = 0;
const MORE = 1;
const WITHOUT = 2;
const UNDO_OPEN = 3;
const UNDO_CLOSE = 4;
const CHOICE_SIZE = 4;

/** Bytes that are only compared in a row: sixteen of them count as a step. */
const SHIFT_OF_RUN = 4;

export class Matcher {
  /** Where the match begins and ends. */
  start = 0;
  end = 0;
  /** Captures so far; of each where it begins and how long it is. */
  private level = 0;
  private readonly starts = new Int32Array(MOST_CAPTURES);
  private readonly lengths = new Int32Array(MOST_CAPTURES);

  private text = '';
  private items: readonly Item[] = [];
  private isAnchored = false;
  private choices = new Int32Array(16 * CHOICE_SIZE);
  private top = 0;
  private item = 0;
  private at = 0;
  private left = 0;

  /** To be called before the first `run`: a match at `from`, or, unless it `isAnchored`, at the first place behind. */
  begin(text: string, items: readonly Item[], from: number, isAnchored: boolean): void {
    this.text = text;
    this.items = items;
    this.isAnchored = isAnchored;
    if (this.choices.length < items.length * CHOICE_SIZE) this.choices = new Int32Array(items.length * CHOICE_SIZE * 2);
    this.beginAt(from);
  }

  private beginAt(from: number): void {
    this.start = from;
    this.at = from;
    this.item = 0;
    this.level = 0;
    this.top = 0;
  }

  /** Goes on for about `steps` steps. */
  run(steps: number): number {
    this.left = steps;
    for (;;) {
      const outcome = this.forward();
      if (outcome !== FAILED) return outcome;
      if (this.top > 0 && this.retry()) continue;
      if (this.isAnchored || this.start >= this.text.length) return FAILED;
      this.beginAt(this.nextStart(this.start + 1));
    }
  }

  /** The first place from `from` on where the first item could match, if that is easily seen. */
  private nextStart(from: number): number {
    const { kind, set } = this.items[0];
    if (kind !== ONE && kind !== MOST_BUT_ONE) return from;
    const { text } = this;
    let start = from;
    while (start < text.length && set[text.charCodeAt(start)] === 0) start++;
    this.left -= (start - from) >> SHIFT_OF_RUN;
    return start;
  }

  /** The steps that the last `run` left over. */
  get stepsLeft(): number {
    return Math.max(this.left, 0);
  }

  /** From item to item while they match. */
  private forward(): number {
    const { text, items } = this;
    const { length } = text;
    let { at, left } = this;
    let index = this.item;
    for (;;) {
      if (--left < 0) break;
      const { kind, set } = items[index];
      if (kind === ONE) {
        if (at >= length || set[text.charCodeAt(at)] === 0) {
          this.left = left;
          return FAILED;
        }
        at++;
      } else if (kind === END) {
        this.left = left;
        this.end = at;
        return MATCHED;
      } else {
        this.left = left;
        this.at = at;
        this.item = index;
        if (!(kind <= FEWEST ? this.expand(kind, set) : this.matchOther(kind, set))) return FAILED;
        at = this.at;
        left = this.left;
      }
      index++;
    }
    this.left = left;
    this.at = at;
    this.item = index;
    return PAUSED;
  }

  /** An item with a suffix: takes the number of bytes it prefers and notes what else could be tried. */
  private expand(kind: number, set: ByteSet): boolean {
    const { text, at } = this;
    const isOne = at < text.length && set[text.charCodeAt(at)] === 1;
    if (kind === FEWEST) {
      if (isOne) this.choose(MORE, at, 0);
      return true;
    }
    if (!isOne) return kind !== MOST_BUT_ONE;
    if (kind === OPTIONAL) {
      this.choose(WITHOUT, at, 0);
      this.at++;
      return true;
    }
    const least = kind === MOST_BUT_ONE ? at + 1 : at;
    let end = at + 1;
    while (end < text.length && set[text.charCodeAt(end)] === 1) end++;
    this.left -= (end - at) >> SHIFT_OF_RUN;
    if (end > least) this.choose(FEWER, least, end - least);
    this.at = end;
    return true;
  }

  private choose(what: number, position: number, count: number): void {
    const { choices, top } = this;
    choices[top] = what;
    choices[top + 1] = this.item;
    choices[top + 2] = position;
    choices[top + 3] = count;
    this.top = top + CHOICE_SIZE;
  }

  /** Takes up the last choice; false if none is left. */
  private retry(): boolean {
    const { choices } = this;
    while (this.top > 0) {
      const last = this.top - CHOICE_SIZE;
      const position = choices[last + 2];
      switch (choices[last]) {
        case UNDO_OPEN:
          this.level--;
          break;
        case UNDO_CLOSE:
          this.lengths[choices[last + 3]] = UNFINISHED;
          break;
        case FEWER: {
          const count = --choices[last + 3];
          this.at = position + count;
          this.item = choices[last + 1] + 1;
          if (count === 0) this.top = last;
          return true;
        }
        case MORE: {
          this.at = position + 1;
          this.item = choices[last + 1] + 1;
          choices[last + 2]++;
          const { set } = this.items[choices[last + 1]];
          const isMore = this.at < this.text.length && set[this.text.charCodeAt(this.at)] === 1;
          if (!isMore) this.top = last;
          return true;
        }
        default:
          this.at = position;
          this.item = choices[last + 1] + 1;
          this.top = last;
          return true;
      }
      this.top = last;
    }
    return false;
  }

  private matchOther(kind: number, set: ByteSet): boolean {
    const { text, at } = this;
    switch (kind) {
      case OPEN:
        return this.open(UNFINISHED);
      case OPEN_POSITION:
        return this.open(POSITION);
      case CLOSE:
        return this.close();
      case BALANCE:
        return this.balance();
      case SAME_AS_CAPTURE:
        return this.matchCapture(this.items[this.item].first);
      case FRONTIER:
        return (
          set[at === 0 ? 0 : text.charCodeAt(at - 1)] === 0 && set[at === text.length ? 0 : text.charCodeAt(at)] === 1
        );
      case AT_END:
        return at === text.length;
      default:
        raise(this.items[this.item].message);
    }
  }

  private open(length: number): boolean {
    if (this.level >= MOST_CAPTURES) raise('too many captures');
    this.starts[this.level] = this.at;
    this.lengths[this.level] = length;
    this.level++;
    this.choose(UNDO_OPEN, 0, 0);
    return true;
  }

  private close(): boolean {
    let index = this.level - 1;
    while (index >= 0 && this.lengths[index] !== UNFINISHED) index--;
    if (index < 0) raise('invalid pattern capture');
    this.lengths[index] = this.at - this.starts[index];
    this.choose(UNDO_CLOSE, 0, index);
    return true;
  }

  private balance(): boolean {
    const { text, at } = this;
    const { first, second } = this.items[this.item];
    if (at >= text.length || text.charCodeAt(at) !== first) return false;
    let depth = 1;
    for (let next = at + 1; next < text.length; next++) {
      const code = text.charCodeAt(next);
      if (code === second) {
        if (--depth > 0) continue;
        this.left -= (next - at) >> SHIFT_OF_RUN;
        this.at = next + 1;
        return true;
      }
      if (code === first) depth++;
    }
    this.left -= (text.length - at) >> SHIFT_OF_RUN;
    return false;
  }

  private matchCapture(index: number): boolean {
    if (index < 0 || index >= this.level || this.lengths[index] === UNFINISHED) {
      raise('invalid capture index');
    }
    const length = this.lengths[index];
    if (length === POSITION) return false;
    const start = this.starts[index];
    if (this.text.length - this.at < length) return false;
    for (let i = 0; i < length; i++) {
      if (this.text.charCodeAt(start + i) !== this.text.charCodeAt(this.at + i)) return false;
    }
    this.left -= length >> SHIFT_OF_RUN;
    this.at += length;
    return true;
  }

  get captureCount(): number {
    return this.level;
  }

  /** Capture `index`, a text or a position from 1; the whole match stands for the first where there is none. */
  capture(index: number): string | number {
    if (index >= this.level) {
      if (index > 0) raise('invalid capture index');
      return this.text.slice(this.start, this.end);
    }
    const start = this.starts[index];
    const length = this.lengths[index];
    if (length === UNFINISHED) raise('unfinished capture');
    return length === POSITION ? start + 1 : this.text.slice(start, start + length);
  }
}
