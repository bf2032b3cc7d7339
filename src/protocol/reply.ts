/**
 * What a command can say, in meaning rather than wire shapes. A sink turns it into RESP2, RESP3, JavaScript values or
 * Lua values; no command asks which. Four sinks and no more: V8 keeps a call site fast up to four shapes.
 *
 * Aggregates are announced with their size and then filled: `map(2)` is followed by two keys and two values.
 */
export interface Reply {
  /** How many errors were replied since the start; dispatch compares it around a call. */
  errors: number;
  /** The text of the newest error, without the leading `-`. */
  lastError: string;

  /** `+OK`. */
  ok(): void;
  /** A status such as PONG, or a type's name. ASCII without line breaks. */
  status(text: string): void;
  /** An error: code, space, text, as in `ERR syntax error`. Line breaks become spaces. */
  error(text: string): void;
  /** A safe integer. */
  integer(value: number): void;
  /** A signed 64-bit integer of any size. */
  int64(value: bigint): void;
  /** The bytes `bytes[start..end)`; `view` spans the same memory as `bytes`. */
  bulk(bytes: Buffer, view: DataView, start: number, end: number): void;
  /** A whole byte string. */
  buffer(bytes: Uint8Array): void;
  /** A bulk string of text, written as UTF-8. */
  text(value: string): void;
  /** A byte string given as text of one character a byte. */
  latin1(value: string): void;
  /** Text that a terminal may show as it is (RESP3's verbatim string, format `txt`). */
  verbatim(value: string): void;
  /** As `verbatim`, in a format of three letters; `value` has one character a byte. */
  formatted(format: string, value: string): void;
  /** A floating-point number. */
  double(value: number): void;
  /** A number whose digits are given: one that is told more exactly than `double` would. */
  decimal(digits: string): void;
  /** An integer of any size, as its digits. */
  bigNumber(digits: string): void;
  /** True or false; 1 or 0 where the protocol has no booleans. */
  boolean(value: boolean): void;
  /** No value where a single value was asked for. */
  null(): void;
  /** No value where an aggregate was asked for. */
  nullArray(): void;
  array(length: number): void;
  /** Unordered distinct members. */
  set(length: number): void;
  /** `pairs` keys, each followed by its value. */
  map(pairs: number): void;
  /** `count` pairs, each begun by `pair`: a flat array of two elements a pair where the protocol has always had it so. */
  pairs(count: number): void;
  /** Begins a pair: two elements follow. */
  pair(): void;
  /** Begins an array whose length is told by `endArray`, after its elements. Nests. */
  beginArray(): Deferred;
  endArray(deferred: Deferred, length: number): void;
  /** As `beginArray`, of a map. */
  beginMap(): Deferred;
  endMap(deferred: Deferred, pairs: number): void;
  /** As `beginMap`, of which each key is announced by `row`: an array of arrays where the protocol has no maps. */
  beginTable(): Deferred;
  row(): void;
  endTable(deferred: Deferred, rows: number): void;
  /** As `beginArray`, of a set. */
  beginSet(): Deferred;
  endSet(deferred: Deferred, length: number): void;
  /** Out of band, behind the reply being made: kind and payload, `length` elements in all. */
  push(length: number): void;
}

/** Where a deferred length belongs; meaningful only to the sink that made it. */
export type Deferred = number & { readonly deferred: unique symbol };
