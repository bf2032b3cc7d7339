import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectEmpty } from '../memory/arena.testing.ts';
import { Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { wordOf } from '../memory/layout.ts';
import { entriesOf } from './ordered-index.testing.ts';
import {
  INDEX_HEIGHT,
  indexInsert,
  indexLength,
  indexRank,
  indexRemove,
  indexRemoveEnd,
  indexRemoveRun,
  indexUpdate,
  newIndex,
} from './ordered-index.ts';
import { NODE_CAPACITY } from './ordered-index-node.ts';
import {
  drainIndex,
  IndexPosition,
  indexBytes,
  positionMember,
  positionScore,
  rankByMember,
  rankByScore,
  readRun,
  seekRank,
  stepBack,
  stepForward,
} from './ordered-index-walk.ts';
import { newRecord } from './record.ts';

interface Item {
  readonly name: string;
  readonly member: Ref;
  score: number;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** An index and the sorted array that it must equal. */
class Model {
  readonly arena = new Arena();
  readonly header = newIndex(this.arena);
  readonly items: Item[] = [];

  add(name: string, score: number): Item {
    const bytes = Buffer.from(name, 'latin1');
    const item = { name, score, member: newRecord(this.arena, 0, bytes, viewOf(bytes), 0, bytes.length, 0) };
    indexInsert(this.arena, this.header, score, item.member);
    this.items.splice(this.place(item), 0, item);
    return item;
  }

  remove(item: Item): void {
    indexRemove(this.arena, this.header, item.score, item.member);
    this.items.splice(this.items.indexOf(item), 1);
    this.arena.free(item.member);
  }

  /** Removes up to `limit` entries from a rank on, in one step. */
  removeRun(rank: number, limit: number): void {
    const members = new Int32Array(NODE_CAPACITY);
    const count = indexRemoveRun(this.arena, this.header, rank, limit, members);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(limit);
    const gone = this.items.splice(rank, count);
    expect([...members.subarray(0, count)]).toEqual(gone.map(({ member }) => member));
    for (const { member } of gone) this.arena.free(member);
  }

  removeEnd(isLast: boolean): void {
    const gone = isLast ? this.items.pop() : this.items.shift();
    const member = indexRemoveEnd(this.arena, this.header, isLast);
    expect(member).toBe(gone?.member);
    this.arena.free(member);
  }

  update(item: Item, score: number): void {
    indexUpdate(this.arena, this.header, item.score, item.member, score);
    this.items.splice(this.items.indexOf(item), 1);
    item.score = score;
    this.items.splice(this.place(item), 0, item);
  }

  check(): void {
    expect(entriesOf(this.arena, this.header).map(({ member }) => member)).toEqual(
      this.items.map(({ member }) => member),
    );
  }

  /** Ranks and walks from every entry, bounds at every score. */
  checkSearches(): void {
    const { arena, header, items } = this;
    const position = new IndexPosition();
    for (const [rank, item] of items.entries()) {
      expect(indexRank(arena, header, item.score, item.member)).toBe(rank);
      seekRank(arena, header, rank, position);
      expect([positionMember(arena, position), positionScore(arena, position)]).toEqual([item.member, item.score]);
      const below = items.findIndex(({ score }) => score >= item.score);
      const upTo = items.findLastIndex(({ score }) => score <= item.score) + 1;
      expect(rankByScore(arena, header, item.score, false)).toBe(below);
      expect(rankByScore(arena, header, item.score, true)).toBe(upTo);
      if (Number.isFinite(item.score)) expect(rankByScore(arena, header, item.score + 0.25, false)).toBe(upTo);
    }
    if (items.length === 0) return;
    seekRank(arena, header, 0, position);
    for (const item of items) {
      expect(positionMember(arena, position)).toBe(item.member);
      stepForward(arena, position);
    }
    expect(position.leaf).toBe(NO_REF);
    seekRank(arena, header, items.length - 1, position);
    for (const item of items.toReversed()) {
      expect(positionMember(arena, position)).toBe(item.member);
      stepBack(arena, position);
    }
    expect(position.leaf).toBe(NO_REF);
    for (const limit of [1, 10, NODE_CAPACITY]) {
      expect(this.walkInRuns(0, false, limit)).toEqual(items.map(({ member, score }) => ({ member, score })));
      const reversed = items.toReversed().map(({ member, score }) => ({ member, score }));
      expect(this.walkInRuns(items.length - 1, true, limit)).toEqual(reversed);
    }
  }

  /** All entries from a rank on, in runs of up to `limit`. */
  private walkInRuns(rank: number, isReverse: boolean, limit: number): { member: Ref; score: number }[] {
    const position = new IndexPosition();
    const members = new Int32Array(NODE_CAPACITY);
    const scores = new Float64Array(NODE_CAPACITY);
    const found: { member: Ref; score: number }[] = [];
    seekRank(this.arena, this.header, rank, position);
    while (position.leaf !== NO_REF) {
      const count = readRun(this.arena, position, isReverse, limit, members, scores);
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(limit);
      for (let i = 0; i < count; i++) found.push({ member: members[i] as Ref, score: scores[i] });
    }
    return found;
  }

  /** Frees everything, in slices of `limit` nodes. */
  empty(limit: number): void {
    const members = this.items.length;
    let slices = 1;
    while (drainIndex(this.arena, this.header, limit)) slices++;
    expect(slices).toBeGreaterThanOrEqual(members / NODE_CAPACITY / limit);
    this.arena.free(this.header);
    for (const { member } of this.items) this.arena.free(member);
    expectEmpty(this.arena);
  }

  get height(): number {
    return this.arena.words[this.header >>> 22][wordOf(this.header) + INDEX_HEIGHT];
  }

  private place(item: Item): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.items[middle];
      if (other.score < item.score || (other.score === item.score && other.name < item.name)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

it('keeps what a sorted array keeps, through every kind of change', () => {
  const step = fc.record({
    kind: fc.nat(9),
    pick: fc.nat(),
    score: fc.integer({ min: -20, max: 20 }),
    times: fc.nat(70),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (steps, limit) => {
      const model = new Model();
      let made = 0;
      for (const { kind, pick, score, times } of steps) {
        for (let i = 0; i < times; i++) {
          const item = model.items[(pick + i * 31) % model.items.length];
          if (kind < 5 || item === undefined)
            model.add(`${(made * 7919) % 1000}:${made++}`, score + (i % kind || 0) / 2);
          else if (kind === 5) model.removeEnd((pick & 1) === 1);
          else if (kind === 6) model.removeRun(model.items.indexOf(item), 1 + (pick % 60));
          else if (kind < 8) model.remove(kind === 7 ? model.items[pick % model.items.length] : item);
          else model.update(item, kind === 8 ? item.score + 0.5 : score);
        }
        model.check();
      }
      model.checkSearches();
      model.empty(limit);
    }),
    { numRuns: 60 },
  );
}, 60_000);

it.each([
  ['rising', (i: number) => i],
  ['falling', (i: number) => -i],
  ['equal', () => 1],
  ['scattered', (i: number) => (i * 7919) % 10007],
  ['from the middle', (i: number) => (i % 2 === 0 ? i : -i)],
])(
  'grows and shrinks over every boundary of a node: %s scores',
  (_name, scoreOf) => {
    const model = new Model();
    const most = NODE_CAPACITY * NODE_CAPACITY + NODE_CAPACITY;
    for (let i = 0; i < most; i++) {
      model.add(`m${(i * 7919) % 10007}`, scoreOf(i));
      if (i < 200 || i % 97 === 0) model.check();
    }
    expect(model.height).toBeGreaterThanOrEqual(2);
    model.checkSearches();
    for (let i = 0; model.items.length > 0; i++) {
      model.remove(
        model.items[scoreOf(i) > 5 ? (i * 31) % model.items.length : i % 2 === 0 ? 0 : model.items.length - 1],
      );
      if (model.items.length < 200 || i % 97 === 0) model.check();
    }
    expect(model.height).toBe(0);
    model.empty(1);
  },
  60_000,
);

it.each([0, 1, 47, 1000, 4999])('removes runs of entries, a leaf at a time, from rank %d on', (rank) => {
  const model = new Model();
  for (let i = 0; i < 5000; i++) model.add(`m${i}`, (i * 7919) % 4999);
  for (let steps = 0; model.items.length > rank; steps++) {
    model.removeRun(rank, model.items.length - rank);
    if (steps % 10 === 0) model.check();
  }
  model.check();
  model.checkSearches();
  expect(model.items).toHaveLength(rank);
  model.empty(100);
});

it.each([false, true])('loses all its entries at an end, the last one: %s', (isLast) => {
  const model = new Model();
  for (let i = 0; i < 5000; i++) model.add(`m${i}`, (i * 7919) % 4999);
  for (let left = 5000; left > 0; left--) {
    model.removeEnd(left % 5 === 0 ? !isLast : isLast);
    if (left % 200 === 0) model.check();
  }
  model.check();
  model.empty(1);
});

it('fills the leaves of scores that only rise or only fall', () => {
  for (const sign of [1, -1]) {
    const model = new Model();
    for (let i = 0; i < 4800; i++) model.add(`${i}`, i * sign);
    expect(indexBytes(model.arena, model.header)).toBeLessThan(4800 * 14);
    model.empty(1000);
  }
});

it('stays flat when nearly all of every leaf is removed', () => {
  const model = new Model();
  for (let i = 0; i < 10_000; i++) model.add(`${i}`, i);
  for (const item of [...model.items]) if (item.score % 100 !== 0) model.remove(item);
  model.check();
  expect(indexLength(model.arena, model.header)).toBe(100);
  expect(indexBytes(model.arena, model.header)).toBeLessThan(100 * 80);
  model.empty(3);
});

it('counts its bytes', () => {
  const model = new Model();
  const { arena, header } = model;
  let records = 0;
  for (let i = 0; i < 5000; i++) {
    const { member } = model.add(`member:${i}`, (i * 31) % 977);
    records += arena.sizeOf(member);
    if (i % 500 === 0) expect(indexBytes(arena, header)).toBe(arena.used - records);
  }
  model.empty(100);
});

it('finds bounds by member where all scores are equal', () => {
  const text = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(fc.uniqueArray(text, { maxLength: 40 }), fc.array(text, { maxLength: 10 }), (names, bounds) => {
      const model = new Model();
      for (let copy = 0; copy < 5; copy++) for (const name of names) model.add(`${name}${copy}`, 0);
      for (const bound of bounds) {
        const bytes = Buffer.from(bound);
        const rank = (inclusive: boolean): number =>
          rankByMember(model.arena, model.header, bytes, viewOf(bytes), 0, bytes.length, inclusive);
        expect(rank(false)).toBe(model.items.filter(({ name }) => name < bound).length);
        expect(rank(true)).toBe(model.items.filter(({ name }) => name <= bound).length);
      }
      model.empty(7);
    }),
    { numRuns: 30 },
  );
});

it('treats both zeros as one score, and takes infinities', () => {
  const model = new Model();
  for (const [name, score] of [
    ['b', 0],
    ['a', -0],
    ['c', -0],
    ['z', Infinity],
    ['y', -Infinity],
  ] as const)
    model.add(name, score);
  expect(model.items.map(({ name }) => name).join('')).toBe('yabcz');
  model.check();
  model.checkSearches();
  model.empty(1);
});
