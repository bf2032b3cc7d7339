/**
 * Collections that RDB keeps as one string of bytes: listpacks, and the ziplists and zipmaps of older versions. Whatever it
 * was, what comes out is a listpack that has been checked to the last byte and is written as ours are.
 */
import {
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  findElement,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  newElementBytes,
  setListpackBytes,
  UNKNOWN_COUNT,
  writeElement,
  writeEmptyListpack,
} from '../structures/listpack.ts';
import { checkListpack, ListpackCheck } from '../structures/listpack-check.ts';
import { checkZiplist, readZiplistEntry, ZIPLIST_END, ZIPLIST_HEADER_BYTES } from '../structures/ziplist.ts';
import {
  checkZipmap,
  readZipmapField,
  readZipmapValue,
  ZIPMAP_END,
  ZIPMAP_HEADER_BYTES,
} from '../structures/zipmap.ts';
import type { RdbInput } from './rdb-input.ts';

/** Nothing that packs elements together may be larger. */
const LARGEST_BYTES = 2 ** 30;
/** Up to so many elements are compared with each other one by one. */
const FEW = 16;

/** Calls `visit` for each element, which `element` then points at. */
type Walk = (element: ListpackCursor, visit: () => void) => void;

/** A listpack that was read; reused. */
export class PackedInput {
  /** The listpack is `text.bytes[text.start..text.end)`. */
  readonly text = new ListpackCursor();
  /** How many elements it has. */
  count = 0;
  /** Bytes of the longest element, known of what was no listpack. */
  longest = 0;
  private readonly check = new ListpackCheck();
  private readonly element = new ListpackCursor();

  /** Reads a listpack, of `what` the log is told; false, and the input has failed, when it is none. */
  readListpack(input: RdbInput, what: string): boolean {
    if (!this.readText(input)) return false;
    const { bytes, view, start, end } = this.text;
    if (!checkListpack(bytes, view, start, end, this.check)) return input.refuse(`${what} listpack`);
    this.count = this.check.count;
    if (!this.check.isCanonical) this.packAnew(eachOfListpack(bytes, view, start));
    return true;
  }

  readZiplist(input: RdbInput, what: string): boolean {
    if (!this.readText(input)) return false;
    const { bytes, view, start, end } = this.text;
    this.count = checkZiplist(bytes, view, start, end);
    if (this.count < 0) return input.refuse(`${what} ziplist`);
    this.packAnew(eachOfZiplist(bytes, view, start));
    return true;
  }

  /** Reads a zipmap as field, value, field, value … */
  readZipmap(input: RdbInput): boolean {
    if (!this.readText(input)) return false;
    const { bytes, view, start, end } = this.text;
    this.count = checkZipmap(bytes, view, start, end) * 2;
    if (this.count <= 0) return input.refuse('Zipmap');
    this.packAnew(eachOfZipmap(bytes, view, start));
    return true;
  }

  /** True when no two of every (`skip` + 1)-th element are equal. */
  isDistinct(skip: number): boolean {
    const { bytes, view, start } = this.text;
    const { element } = this;
    const seen = this.count > FEW ? new Set<string>() : undefined;
    let kept = 0;
    for (let p = start + LISTPACK_HEADER_BYTES; bytes[p] !== LISTPACK_END; ) {
      const next = element.read(bytes, view, p);
      let after = next;
      for (let i = 0; i < skip; i++) after += elementBytes(bytes, view, after);
      if (seen !== undefined) seen.add(element.bytes.toString('latin1', element.start, element.end));
      else if (findElement(bytes, view, after, skip, element.bytes, element.view, element.start, element.end) !== 0) {
        return false;
      }
      kept++;
      p = after;
    }
    return seen === undefined || seen.size === kept;
  }

  private readText(input: RdbInput): boolean {
    if (!input.text(this.text)) return false;
    return this.text.end - this.text.start <= LARGEST_BYTES || input.fail();
  }

  /** Writes a listpack of the elements that `walk` shows. */
  private packAnew(walk: Walk): void {
    const { element } = this;
    let total = EMPTY_LISTPACK_BYTES;
    this.longest = 0;
    walk(element, () => {
      total += newElementBytes(element.bytes, element.start, element.end);
      this.longest = Math.max(this.longest, element.end - element.start);
    });
    const bytes = Buffer.allocUnsafeSlow(total);
    const view = new DataView(bytes.buffer);
    writeEmptyListpack(bytes, view, 0);
    let p = LISTPACK_HEADER_BYTES;
    walk(element, () => {
      p = writeElement(bytes, view, p, element.bytes, element.view, element.start, element.end);
    });
    bytes[p] = LISTPACK_END;
    setListpackBytes(view, 0, total);
    view.setUint16(4, Math.min(this.count, UNKNOWN_COUNT), true);
    this.text.point(bytes, view, 0, total);
  }
}

function eachOfListpack(bytes: Buffer, view: DataView, start: number): Walk {
  return (element, visit) => {
    for (let p = start + LISTPACK_HEADER_BYTES; bytes[p] !== LISTPACK_END; ) {
      p = element.read(bytes, view, p);
      visit();
    }
  };
}

function eachOfZiplist(bytes: Buffer, view: DataView, start: number): Walk {
  return (element, visit) => {
    for (let p = start + ZIPLIST_HEADER_BYTES; bytes[p] !== ZIPLIST_END; ) {
      p = readZiplistEntry(bytes, view, p, element);
      visit();
    }
  };
}

function eachOfZipmap(bytes: Buffer, view: DataView, start: number): Walk {
  return (element, visit) => {
    for (let p = start + ZIPMAP_HEADER_BYTES; bytes[p] !== ZIPMAP_END; ) {
      p = readZipmapField(bytes, view, p, element);
      visit();
      p = readZipmapValue(bytes, view, p, element);
      visit();
    }
  };
}
