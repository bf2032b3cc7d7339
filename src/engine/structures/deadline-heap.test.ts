import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena, type Ref } from '../memory/arena.ts';
import { deadlineOf, HEAP_PLACE, segmentOf, wordOf } from '../memory/layout.ts';
import { heapAdd, heapChanged, heapDue, heapMoved, heapRemove } from './deadline-heap.ts';
import { copyRecord, insertDeadlineWords, newRecord, writeDeadline } from './record.ts';

const START = 3;
const NAME = Buffer.from('field with room for a deadline');
const VIEW = new DataView(NAME.buffer, NAME.byteOffset, NAME.length);

/** A heap in words of its own beside the list of its records. */
class Pair {
  readonly arena = new Arena();
  readonly words = new Int32Array(300);
  readonly records: Ref[] = [];

  add(deadline: number): void {
    if (this.records.length === 200) return;
    const record = newRecord(this.arena, 0, NAME, VIEW, 0, NAME.length, 32);
    expect(insertDeadlineWords(this.arena, record, 0)).toBe(true);
    writeDeadline(this.arena, record, deadline);
    heapAdd(this.arena, this.words, START, this.records.length, record);
    this.records.push(record);
  }

  remove(choice: number): void {
    if (this.records.length === 0) return;
    const [record] = this.records.splice(choice % this.records.length, 1);
    heapRemove(this.arena, this.words, START, this.records.length + 1, record);
    this.arena.free(record);
  }

  change(choice: number, deadline: number): void {
    if (this.records.length === 0) return;
    const record = this.records[choice % this.records.length];
    writeDeadline(this.arena, record, deadline);
    heapChanged(this.arena, this.words, START, this.records.length, record);
  }

  move(choice: number): void {
    if (this.records.length === 0) return;
    const index = choice % this.records.length;
    const fresh = copyRecord(this.arena, this.records[index], true, 32, 0);
    heapMoved(this.arena, this.words, START, fresh);
    this.arena.free(this.records[index]);
    this.records[index] = fresh;
  }

  check(now: number): void {
    const count = this.records.length;
    const deadlines = this.records.map((record) => deadlineOf(this.arena, record)).sort((a, b) => a - b);
    if (count > 0) expect(deadlineOf(this.arena, this.words[START] as Ref)).toBe(deadlines[0]);
    expect(heapDue(this.arena, this.words, START, count, now)).toBe(deadlines.filter((at) => at <= now).length);
    for (const record of this.records) {
      const place = this.arena.words[segmentOf(record)][wordOf(record) + HEAP_PLACE];
      expect(this.words[START + place]).toBe(record);
    }
  }
}

const deadline = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 2 ** 45 }));
const choice = fc.nat(1000);
const operation = fc.oneof(
  { weight: 3, arbitrary: deadline.map((at) => (pair: Pair) => pair.add(at)) },
  { weight: 2, arbitrary: choice.map((n) => (pair: Pair) => pair.remove(n)) },
  {
    weight: 2,
    arbitrary: fc.tuple(choice, deadline).map(
      ([n, at]) =>
        (pair: Pair) =>
          pair.change(n, at),
    ),
  },
  { weight: 1, arbitrary: choice.map((n) => (pair: Pair) => pair.move(n)) },
);

describe('a heap of deadlines', () => {
  it('has the earliest first and counts those that have passed, whatever joins, leaves, changes and moves', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200, size: 'max' }), deadline, (operations, now) => {
        const pair = new Pair();
        for (const [i, each] of operations.entries()) {
          each(pair);
          if (i % 8 === 0) pair.check(now);
        }
        pair.check(now);
        expect([...pair.words.subarray(0, START)]).toEqual([0, 0, 0]);
      }),
      { numRuns: 60 },
    );
  });
});
