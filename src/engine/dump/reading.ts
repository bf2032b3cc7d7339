/**
 * A value being read: where from, for which key, where its record is made, and what is looked at meanwhile. Whoever reads many
 * values keeps one; whoever reads one lets go of it, and with it of the buffers that strings were uncompressed into.
 */
import type { DetachedRecords } from '../keyspace/detached-records.ts';
import type { Ref } from '../memory/arena.ts';
import { VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { valueStart } from '../values/inline.ts';
import { PackedInput } from './packed-input.ts';
import { RdbInput } from './rdb-input.ts';

/** Bytes somewhere: `bytes[start..end)`. */
type Text = Pick<ListpackCursor, 'bytes' | 'view' | 'start' | 'end'>;

export class Reading {
  readonly records: DetachedRecords;
  readonly input: RdbInput;
  readonly key = new ListpackCursor();
  readonly first = new ListpackCursor();
  readonly second = new ListpackCursor();
  readonly packed = new PackedInput();

  constructor(records: DetachedRecords, input: RdbInput = new RdbInput()) {
    this.records = records;
    this.input = input;
  }
}

/** A record for the value, with room for `valueBytes` of it. */
export function newValue({ records, key }: Reading, type: number, encoding: number, valueBytes: number): Ref {
  return records.createNamed(key.bytes, key.view, key.start, key.end, type, encoding, valueBytes);
}

/** A record whose value is a copy of these bytes. */
export function copiedValue(reading: Reading, type: number, encoding: number, value: Text): Ref {
  const length = value.end - value.start;
  const ref = newValue(reading, type, encoding, length);
  const { arena } = reading.records;
  value.bytes.copy(arena.bytes[ref >>> 22], valueStart(arena, ref), value.start, value.end);
  arena.words[ref >>> 22][wordOf(ref) + VALUE_LENGTH] = length;
  return ref;
}
