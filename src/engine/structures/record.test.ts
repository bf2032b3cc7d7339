import { describe, expect, it } from 'vitest';
import { Arena, type Ref } from '../memory/arena.ts';
import { deadlineOf, HAS_DEADLINE, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { copyRecord, keyBytes, keyLength, keyStart, newRecord, typeOf, writeDeadline } from './record.ts';

function record(arena: Arena, key: Buffer, value: Buffer, meta = 0): Ref {
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  const ref = newRecord(arena, meta, key, view, 0, key.length, value.length);
  value.copy(arena.bytes[segmentOf(ref)], keyStart(arena, ref) + key.length);
  arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH] = value.length;
  return ref;
}

function valueBytes(arena: Arena, ref: Ref, length: number): Buffer {
  const start = keyStart(arena, ref) + keyLength(arena, ref);
  return Buffer.from(arena.bytes[segmentOf(ref)].subarray(start, start + length));
}

const KEYS = ['', 'k', 'key', 'four', '\0\xff', 'k'.repeat(191), 'k'.repeat(192), 'k'.repeat(193), 'k'.repeat(70_000)];

describe('records', () => {
  it.each(KEYS.map((key) => [key.length, key]))('keep a key of %i bytes', (_, key) => {
    const arena = new Arena();
    const bytes = Buffer.from(key, 'latin1');
    const ref = record(arena, bytes, Buffer.from('value'), 3);
    expect(keyBytes(arena, ref)).toEqual(bytes);
    expect(valueBytes(arena, ref, 5).toString()).toBe('value');
    expect(typeOf(arena, ref)).toBe(3);
    expect(deadlineOf(arena, ref)).toBe(Number.POSITIVE_INFINITY);
  });

  it('are copied with and without a deadline, with more and with less room for the value', () => {
    const arena = new Arena();
    const value = Buffer.from('0123456789'.repeat(100));
    let ref = record(arena, Buffer.from('key'), value, 0x1234_5601);
    for (const withDeadline of [true, true, false, false, true]) {
      for (const room of [value.length, 5000, 100_000]) {
        const deadline = deadlineOf(arena, ref);
        const fresh = copyRecord(arena, ref, withDeadline, room, value.length);
        if (withDeadline && deadline !== Number.POSITIVE_INFINITY) expect(deadlineOf(arena, fresh)).toBe(deadline);
        if (withDeadline) writeDeadline(arena, fresh, 1_700_000_000_123);
        expect(keyBytes(arena, fresh).toString()).toBe('key');
        expect(valueBytes(arena, fresh, value.length)).toEqual(value);
        expect(arena.words[segmentOf(fresh)][wordOf(fresh)]).toBe(0x1234_5601 | (withDeadline ? HAS_DEADLINE : 0));
        arena.free(ref);
        ref = fresh;
      }
    }
    const short = copyRecord(arena, ref, false, 10, value.length);
    expect(valueBytes(arena, short, 10).toString()).toBe('0123456789');
    arena.free(ref);
    arena.free(short);
    expect(arena.used).toBe(0);
  });

  it('hold deadlines from long ago to beyond any calendar, never one that is past for one to come', () => {
    const arena = new Arena();
    const ref = copyRecord(arena, record(arena, Buffer.from('k'), Buffer.alloc(0)), true, 0, 0);
    const exact = [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 1_700_000_000_000, 2 ** 53 - 1, -1, -(2 ** 32), -(2 ** 53)];
    for (const deadline of exact) {
      writeDeadline(arena, ref, deadline);
      expect(deadlineOf(arena, ref)).toBe(deadline);
    }
    for (const deadline of [2 ** 62, 2 ** 63 - 1024, 2 ** 63, Number.POSITIVE_INFINITY]) {
      writeDeadline(arena, ref, deadline);
      expect(deadlineOf(arena, ref)).toBeGreaterThan(2 ** 61);
    }
  });
});
