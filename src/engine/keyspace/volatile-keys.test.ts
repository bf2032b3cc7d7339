import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { DEADLINE_BYTES, HEADER_BYTES, segmentOf, wordOf } from '../memory/layout.ts';
import { VolatileKeys } from './volatile-keys.ts';

const RECORD_BYTES = HEADER_BYTES + DEADLINE_BYTES;
const CHUNK = 1 << 14;

function listed(keys: VolatileKeys): Ref[] {
  return Array.from({ length: keys.count }, (_, place) => keys.at(place));
}

describe('keys with a deadline', () => {
  it('are those added and not removed, each once, wherever their records move', () => {
    const step = fc.record({ kind: fc.constantFrom('add', 'add', 'remove', 'move'), pick: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 500, size: 'max' }), (steps) => {
        const arena = new Arena();
        const keys = new VolatileKeys();
        const records: Ref[] = [];
        for (const { kind, pick } of steps) {
          const place = pick % Math.max(1, records.length);
          if (kind === 'add' || records.length === 0) {
            records.push(arena.allocate(RECORD_BYTES));
            keys.add(arena, records[records.length - 1]);
          } else if (kind === 'remove') {
            const [ref] = records.splice(place, 1);
            keys.remove(arena, ref);
            arena.free(ref);
          } else {
            const old = records[place];
            const fresh = arena.allocate(RECORD_BYTES);
            const words = arena.words[segmentOf(old)];
            words.copyWithin(wordOf(fresh), wordOf(old), wordOf(old) + RECORD_BYTES / 4);
            keys.moved(arena, fresh);
            arena.free(old);
            records[place] = fresh;
          }
        }
        expect(listed(keys).sort((a, b) => a - b)).toEqual(records.sort((a, b) => a - b));
      }),
      { numRuns: 20 },
    );
  });

  it('grow and shrink by chunks, one kept to spare', () => {
    const arena = new Arena();
    const keys = new VolatileKeys();
    expect([keys.bytes, keys.at(0)]).toEqual([0, NO_REF]);
    const records = Array.from({ length: 3 * CHUNK + 1 }, () => arena.allocate(RECORD_BYTES));
    for (const ref of records) keys.add(arena, ref);
    expect(keys.bytes).toBe(4 * CHUNK * 4);
    expect(new Set(listed(keys)).size).toBe(records.length);
    const taken = new Set<number>();
    // About a boundary nothing is taken or returned.
    for (let i = 0; i < 100; i++) {
      for (const ref of records.slice(0, 10)) keys.remove(arena, ref);
      taken.add(keys.bytes);
      for (const ref of records.slice(0, 10)) keys.add(arena, ref);
      taken.add(keys.bytes);
    }
    expect(taken.size).toBe(1);
    for (const ref of records) keys.remove(arena, ref);
    expect([keys.count, keys.bytes]).toEqual([0, 2 * CHUNK * 4]);
  });
});
