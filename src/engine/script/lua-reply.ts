/**
 * Replies as Lua values: what redis.call returns. RESP2 and RESP3 mean the same here as on the wire, so a script that was
 * written for Redis sees what it expects (`redis.setresp`):
 *
 *   reply             RESP2                    RESP3
 *   status            {ok='PONG'}              the same
 *   error             {err='ERR …'}            the same
 *   null              false                    nil
 *   map, set          a flat array             {map={k=v}}, {set={m=true}}
 *   double            its text                 {double=1.5}
 *   big number        its text                 {big_number='…'}
 *   verbatim          its text                 {verbatim_string={format='txt', string='…'}}
 *   boolean           1, 0                     true, false
 *
 * Byte strings are JavaScript strings of one character a byte. A single value, by far the most frequent reply, makes no
 * object but itself; aggregates are filled from a stack of frames that is used again and again.
 */
import { formatDouble } from '../../bytes/double.ts';
import { LuaError } from '../../lua/error.ts';
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import type { Deferred, Reply } from '../../protocol/reply.ts';
import { textOf } from './known-texts.ts';

/** Marks an error that was counted when its command failed: it is not counted again when the script returns it. */
export const ALREADY_COUNTED = 'ignore_error_stats_update';

/** What an element of an aggregate takes beside its characters, about. */
const ELEMENT_BYTES = 16;
/** Strings of one byte. */
const CHARACTERS = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
const NO_TABLE = new LuaTable();
const UNTIL_ENDED = -1;
/** Characters that take more than a byte. */
const WIDE = /[^\0-\x7f]/;

/** An aggregate that is being filled. */
class Frame {
  /** Elements still to come; `UNTIL_ENDED` when it is told at the end. */
  left = 0;
  kind: 'array' | 'sparse' | 'set' | 'map' = 'array';
  /** Of an array in RESP2, where nothing is nil. */
  items: LuaValue[] = [];
  /** Of others. */
  table = NO_TABLE;
  /** Of an array in RESP3: its newest index. */
  at = 0;
  /** Of a map: the key whose value comes next. */
  key: LuaValue = undefined;
}

export class LuaReply implements Reply {
  errors = 0;
  lastError = '';
  /** What the script has chosen: 2 or 3. */
  protocol: 2 | 3 = 2;
  /** The reply since `begin` is an error. */
  hasFailed = false;
  /** Bytes of memory that the reply since `begin` takes, about. */
  madeBytes = 0;
  private roomBytes = Number.POSITIVE_INFINITY;
  private result: LuaValue = undefined;
  private readonly frames: Frame[] = [];
  private depth = 0;

  /** Forgets what was replied, before a command runs. A reply that takes more than `roomBytes` breaks its command off. */
  begin(roomBytes = Number.POSITIVE_INFINITY): void {
    this.roomBytes = roomBytes;
    this.madeBytes = 0;
    this.result = undefined;
    this.depth = 0;
    this.hasFailed = false;
  }

  /** What was replied since `begin`. */
  take(): LuaValue {
    const { result } = this;
    this.result = undefined;
    return result;
  }

  ok(): void {
    this.status('OK');
  }

  status(text: string): void {
    this.put(tableOf('ok', text));
  }

  error(text: string): void {
    this.errors++;
    this.lastError = text;
    if (this.depth === 0) this.hasFailed = true;
    const table = tableOf('err', text.replace(/[\r\n]/g, ' '));
    table.setString(ALREADY_COUNTED, true);
    this.put(table);
  }

  integer(value: number): void {
    this.put(value);
  }

  int64(value: bigint): void {
    this.put(Number(value));
  }

  bulk(bytes: Buffer, view: DataView, start: number, end: number): void {
    this.make(end - start);
    this.put(end - start === 1 ? CHARACTERS[bytes[start]] : textOf(bytes, view, start, end));
  }

  buffer(bytes: Uint8Array): void {
    this.make(bytes.length);
    this.put(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  }

  text(value: string): void {
    this.put(WIDE.test(value) ? Buffer.from(value).toString('latin1') : value);
  }

  latin1(value: string): void {
    this.put(value);
  }

  verbatim(value: string): void {
    if (this.protocol === 2) return this.text(value);
    this.formatted('txt', WIDE.test(value) ? Buffer.from(value).toString('latin1') : value);
  }

  formatted(format: string, value: string): void {
    if (this.protocol === 2) return this.put(value);
    const inner = tableOf('string', value);
    inner.setString('format', format);
    this.put(tableOf('verbatim_string', inner));
  }

  double(value: number): void {
    this.put(this.protocol === 2 ? formatDouble(value) : tableOf('double', value));
  }

  decimal(digits: string): void {
    this.put(this.protocol === 2 ? digits : tableOf('double', Number(digits)));
  }

  bigNumber(digits: string): void {
    this.put(this.protocol === 2 ? digits : tableOf('big_number', digits));
  }

  boolean(value: boolean): void {
    this.put(this.protocol === 2 ? Number(value) : value);
  }

  null(): void {
    this.put(this.protocol === 2 ? false : undefined);
  }

  nullArray(): void {
    this.null();
  }

  array(length: number): void {
    this.open('array', length);
  }

  set(length: number): void {
    this.open('set', length);
  }

  map(pairs: number): void {
    this.open('map', pairs * 2);
  }

  pairs(count: number): void {
    this.array(this.protocol === 2 ? count * 2 : count);
  }

  pair(): void {
    if (this.protocol === 3) this.array(2);
  }

  beginArray(): Deferred {
    this.open('array', UNTIL_ENDED);
    return this.depth as Deferred;
  }

  endArray(): void {
    this.depth--;
  }

  beginMap(): Deferred {
    this.open('map', UNTIL_ENDED);
    return this.depth as Deferred;
  }

  endMap(): void {
    this.depth--;
  }

  beginTable(): Deferred {
    return this.beginMapOrRows();
  }

  row(): void {
    if (this.protocol === 2) this.array(2);
  }

  endTable(): void {
    this.depth--;
  }

  beginSet(): Deferred {
    this.open('set', UNTIL_ENDED);
    return this.depth as Deferred;
  }

  endSet(): void {
    this.depth--;
  }

  push(length: number): void {
    this.array(length);
  }

  /** Something of so many bytes is about to be made. */
  private make(bytes: number): void {
    this.madeBytes += bytes;
    if (this.madeBytes > this.roomBytes) throw new LuaError('not enough memory');
  }

  private beginMapOrRows(): Deferred {
    return this.protocol === 2 ? this.beginArray() : this.beginMap();
  }

  private open(kind: 'array' | 'set' | 'map', left: number): void {
    const items: LuaValue[] = [];
    const table = new LuaTable(items);
    this.put(this.protocol === 2 || kind === 'array' ? table : tableOf(kind, table));
    if (left === 0) return;
    if (this.depth === this.frames.length) this.frames.push(new Frame());
    const frame = this.frames[this.depth++];
    frame.left = left;
    frame.kind = this.protocol === 2 ? 'array' : kind === 'array' ? 'sparse' : kind;
    frame.at = 0;
    frame.items = items;
    frame.table = table;
    frame.key = undefined;
  }

  private put(value: LuaValue): void {
    if (this.depth === 0) {
      this.result = value;
      return;
    }
    this.make(ELEMENT_BYTES);
    const frame = this.frames[this.depth - 1];
    add(frame, value);
    if (--frame.left === 0) this.depth--;
    // Deferred ones count down from UNTIL_ENDED and never come to 0.
  }
}

function add(frame: Frame, value: LuaValue): void {
  if (frame.kind === 'array') frame.items.push(value);
  else if (frame.kind === 'sparse') frame.table.setInt(++frame.at, value);
  else if (frame.kind === 'set') frame.table.set(value, true);
  else if (frame.key === undefined) frame.key = value;
  else {
    frame.table.set(frame.key, value);
    frame.key = undefined;
  }
}

function tableOf(key: string, value: LuaValue): LuaTable {
  const table = new LuaTable();
  table.setString(key, value);
  return table;
}
