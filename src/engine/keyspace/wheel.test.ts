import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectBlocks } from '../memory/arena.testing.ts';
import { Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { DEADLINE_BYTES, deadlineOf, HAS_DEADLINE, HEADER_BYTES, segmentOf, wordOf } from '../memory/layout.ts';
import { writeDeadline } from '../structures/record.ts';
import { Wheel, wheelAdd, wheelDue, wheelMoved, wheelRemove, wheelWake } from './wheel.ts';

const START = 1_700_000_000_000;
const RECORD_BYTES = HEADER_BYTES + DEADLINE_BYTES;
const FAR = 2 ** 48;
/** What each level's slot spans, in milliseconds. */
const SPANS = [1, 2 ** 8, 2 ** 16, 2 ** 24, 2 ** 32, 2 ** 40];

/** A wheel beside the set of records that must be in it. */
class Pair {
  readonly arena = new Arena();
  readonly wheel: Wheel;
  readonly records: Ref[] = [];
  now: number;

  constructor(now = START) {
    this.now = now;
    this.wheel = new Wheel(now);
  }

  add(deadline: number): void {
    const ref = this.arena.allocate(RECORD_BYTES);
    this.arena.words[segmentOf(ref)][wordOf(ref)] = HAS_DEADLINE;
    writeDeadline(this.arena, ref, deadline);
    wheelAdd(this.arena, this.wheel, ref);
    this.records.push(ref);
  }

  remove(place: number): void {
    const [ref] = this.records.splice(place, 1);
    wheelRemove(this.arena, this.wheel, ref);
    this.arena.free(ref);
  }

  move(place: number): void {
    const old = this.records[place];
    const fresh = this.arena.allocate(RECORD_BYTES);
    for (let i = 0; i < RECORD_BYTES / 4; i++) {
      this.arena.words[segmentOf(fresh)][wordOf(fresh) + i] = this.arena.words[segmentOf(old)][wordOf(old) + i];
    }
    wheelMoved(this.arena, this.wheel, old, fresh);
    this.arena.free(old);
    this.records[place] = fresh;
  }

  /** Removes what is due until nothing is or `calls` are used up; the deadlines, in the order they came. */
  take(steps = 64, calls = 100_000): number[] {
    const taken: number[] = [];
    for (let i = 0; i < calls; i++) {
      const ref = wheelDue(this.arena, this.wheel, this.now, steps);
      if (ref !== NO_REF) {
        taken.push(deadlineOf(this.arena, ref));
        if (taken[taken.length - 1] > this.now) expect.fail('a record was taken before its deadline');
        this.remove(this.records.indexOf(ref));
      } else if (wheelWake(this.wheel) > this.now) {
        this.expectNothingDue();
        return taken;
      }
    }
    return taken;
  }

  deadlines(): number[] {
    return this.records.map((ref) => deadlineOf(this.arena, ref)).filter((deadline) => deadline < FAR);
  }

  private expectNothingDue(): void {
    const next = Math.min(...this.deadlines());
    if (this.now >= this.wheel.time && next <= this.now) expect.fail('a record is late');
    if (this.now >= this.wheel.time && next < wheelWake(this.wheel)) expect.fail('the wheel would sleep too long');
    expect(this.wheel.time - this.now).toBeLessThanOrEqual(100);
  }
}

/** Distances over all levels, most of them near a level's edge. */
const distance = fc.oneof(
  fc.integer({ min: -1000, max: 300 }),
  fc
    .tuple(fc.constantFrom(...SPANS), fc.integer({ min: 0, max: 256 }), fc.integer({ min: -2, max: 2 }))
    .map(([span, slots, near]) => span * slots + near),
  fc.maxSafeInteger().map((n) => Math.abs(n) % 2 ** 42),
);

describe('timing wheel', () => {
  it('hands out every record once its deadline has come, however time jumps', () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('add' as const), distance, pick: fc.nat() }) },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'move' as const), distance, pick: fc.nat() }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('jump' as const), distance, pick: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('back' as const), distance, pick: fc.nat() }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), distance, pick: fc.nat() }) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 600, size: 'max' }), (steps) => {
        const pair = new Pair();
        for (const { kind, distance, pick } of steps) {
          const place = pick % Math.max(1, pair.records.length);
          if (kind === 'add') pair.add(pair.now + distance);
          else if (kind === 'jump') pair.now += Math.abs(distance) % 2 ** (pick % 43);
          else if (kind === 'back') pair.now = Math.max(1, pair.now - (Math.abs(distance) % 2 ** (pick % 41)));
          else if (kind === 'take') pair.take((pick % 7) + 1, pick % 2 === 0 ? pick % 40 : undefined);
          else if (pair.records.length === 0) continue;
          else if (kind === 'remove') pair.remove(place);
          else pair.move(place);
        }
        pair.take();
        expectBlocks(pair.arena, new Map(pair.records.map((ref) => [ref, RECORD_BYTES])));
        // In the end everything comes out, but for what waits nowhere.
        pair.now = FAR - 1;
        pair.take();
        expect(pair.deadlines()).toEqual([]);
        expect(wheelWake(pair.wheel)).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 12 },
    );
  });

  it('wakes up in time for every deadline, to the millisecond, and not much more often', () => {
    fc.assert(
      fc.property(fc.array(distance, { minLength: 1, maxLength: 200, size: 'max' }), (distances) => {
        const pair = new Pair();
        const deadlines = distances.map((d) => START + d).filter((d) => d < FAR);
        for (const deadline of deadlines) pair.add(deadline);
        const taken: number[] = [];
        let wakes = 0;
        for (let wake = wheelWake(pair.wheel); wake !== Number.POSITIVE_INFINITY; wake = wheelWake(pair.wheel)) {
          if (wakes > 0 && wake <= pair.now) expect.fail('no progress');
          pair.now = Math.max(wake, START);
          for (const deadline of pair.take()) {
            if (Math.max(deadline, START) !== pair.now) expect.fail(`${deadline} was taken at ${pair.now}`);
            taken.push(deadline);
          }
          wakes++;
        }
        expect(taken.sort((a, b) => a - b)).toEqual(deadlines.sort((a, b) => a - b));
        expect(wakes).toBeLessThanOrEqual(SPANS.length * deadlines.length + 1);
      }),
      { numRuns: 20 },
    );
  });

  it('removes and moves records in every state: in a slot, overdue, being handed down, waiting', () => {
    // Seven records of one later slot, so that handing down can stop half way, and some that are overdue.
    const make = (): Pair => {
      const pair = new Pair();
      for (let i = 0; i < 7; i++) pair.add(START + 2 ** 17 + i * 300);
      for (let i = 0; i < 3; i++) pair.add(START - i);
      return pair;
    };
    const states: ((pair: Pair) => void)[] = [
      () => {},
      (pair) => pair.take(1, 1),
      (pair) => {
        while (pair.take(1, 1).length > 0);
        pair.now = START + 2 ** 17 - 2 ** 16 + 65_536;
        pair.take(3, 1);
        expect(pair.wheel.pending).not.toBe(NO_REF);
      },
      (pair) => {
        pair.now = START - 10_000;
        pair.take(4, 1);
        expect(pair.wheel.waiting.length).toBeGreaterThan(0);
      },
    ];
    for (const reach of states) {
      for (let place = 0; place < 10; place++) {
        for (const change of ['remove', 'move'] as const) {
          const pair = make();
          reach(pair);
          if (place >= pair.records.length) continue;
          pair[change](place);
          const left = pair.deadlines();
          pair.now = START + 2 ** 20;
          expect(pair.take().sort()).toEqual(left.sort());
          expect(pair.records).toHaveLength(0);
        }
      }
    }
  });

  it('hands a million records of one slot down in bounded steps', () => {
    const pair = new Pair(2 ** 40);
    const slot = 2 ** 40 + 2 ** 24;
    for (let i = 0; i < 1_000_000; i++) pair.add(slot + 1 + ((i * 7919) % (2 ** 24 - 1)));
    pair.now = slot;
    expect(wheelWake(pair.wheel)).toBe(slot);
    let calls = 0;
    for (; wheelWake(pair.wheel) <= pair.now; calls++) {
      if (wheelDue(pair.arena, pair.wheel, pair.now, 256) !== NO_REF) expect.fail('nothing is due');
    }
    expect(calls).toBeGreaterThanOrEqual(1_000_000 / 256);
    expect(calls).toBeLessThan(1_000_000 / 256 + 3);
    expect(wheelWake(pair.wheel)).toBeGreaterThan(slot);
  });

  it('is late, not early, for a clock set back a little, and starts again from one set back a lot', () => {
    const pair = new Pair();
    pair.add(START + 5000);
    pair.now = START + 1000;
    pair.take();
    pair.now = START + 950;
    pair.add(START + 960);
    expect(pair.take()).toEqual([]);
    pair.now = START + 1000;
    expect(pair.take()).toEqual([START + 960]);
    pair.now = START - 3_600_000;
    pair.add(START - 3_599_000);
    pair.add(START - 1000);
    expect(pair.take()).toEqual([]);
    expect(wheelWake(pair.wheel)).toBeLessThanOrEqual(START - 3_599_000);
    pair.now = START - 3_599_000;
    expect(pair.take()).toEqual([START - 3_599_000]);
    pair.now = START + 5000;
    expect(pair.take()).toEqual([START - 1000, START + 5000]);
  });

  it('leaves alone what is centuries away, and forgets nothing that is before', () => {
    const pair = new Pair();
    for (const deadline of [FAR - 1, FAR, 2 ** 53, 2 ** 63]) pair.add(deadline);
    pair.move(1);
    pair.remove(2);
    expect(wheelWake(pair.wheel)).toBeLessThan(FAR);
    pair.now = FAR - 1;
    expect(pair.take()).toEqual([FAR - 1]);
    expect(wheelWake(pair.wheel)).toBe(Number.POSITIVE_INFINITY);
  });

  it('says so when a record is not where its deadline says', () => {
    const pair = new Pair();
    pair.add(START + 1000);
    writeDeadline(pair.arena, pair.records[0], START + 100_000);
    expect(() => pair.remove(0)).toThrow('not where its deadline says');
  });
});
