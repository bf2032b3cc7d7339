/** The ID tree beside a sorted array: every width, IDs in order and not, both sides of every node's limits. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectEmpty, liveBlocks } from '../memory/arena.testing.ts';
import { Arena } from '../memory/arena.ts';
import { IdPlace, newIdTree, treeCount, treeFind, treeInsert, treeRemove } from './id-tree.ts';
import { entryWords } from './id-tree-node.ts';
import {
  drainIdTree,
  idTreeBytes,
  readPlaceId,
  seekAtLeast,
  seekAtMost,
  seekFirst,
  seekLast,
  stepBack,
  stepForward,
} from './id-tree-walk.ts';
import { StreamId } from './stream-id.ts';

const MASK = 0xffffffffn;
const place = new IdPlace();
const id = new StreamId();

function toId(value: bigint): StreamId {
  const words = [96n, 64n, 32n, 0n].map((shift) => Number(BigInt.asIntN(32, (value >> shift) & MASK)));
  id.set(words[0], words[1], words[2], words[3]);
  return id;
}

function fromId(of: StreamId): bigint {
  return [of.msHigh, of.msLow, of.sequenceHigh, of.sequenceLow].reduce(
    (sum, word) => (sum << 32n) | BigInt(word >>> 0),
    0n,
  );
}

/** A tree and what should be in it. */
class Twin {
  readonly arena = new Arena();
  readonly width: number;
  readonly tree;
  values: bigint[] = [];

  constructor(width: number) {
    this.width = width;
    this.tree = newIdTree(this.arena, width);
  }

  add(value: bigint): void {
    const at = this.values.findIndex((other) => other >= value);
    if (this.values[at] === value) return;
    this.values.splice(at < 0 ? this.values.length : at, 0, value);
    treeInsert(this.arena, this.tree, toId(value), place);
    for (let i = 0; i < this.width; i++) {
      this.arena.words[place.leaf >>> 22][entryWords(this.arena, place.leaf, place.slot, this.width) + i] =
        Number(value & 0xfffn) + i;
    }
  }

  remove(value: bigint): void {
    this.values = this.values.filter((other) => other !== value);
    treeRemove(this.arena, this.tree, toId(value));
  }

  /** The value at `place`; fails when its words are another's. */
  read(): bigint {
    readPlaceId(this.arena, place, id);
    const value = fromId(id);
    for (let i = 0; i < this.width; i++) {
      const word = this.arena.words[place.leaf >>> 22][entryWords(this.arena, place.leaf, place.slot, this.width) + i];
      if (word !== Number(value & 0xfffn) + i) expect.fail(`${value} has another's words`);
    }
    return value;
  }

  check(): void {
    const { arena, tree, values } = this;
    expect(treeCount(arena, tree)).toBe(values.length);
    const forth: bigint[] = [];
    for (let more = seekFirst(arena, tree, place); more; more = stepForward(arena, place)) forth.push(this.read());
    expect(forth).toEqual(values);
    const back: bigint[] = [];
    for (let more = seekLast(arena, tree, place); more; more = stepBack(arena, place)) back.unshift(this.read());
    expect(back).toEqual(values);
    expect(idTreeBytes(arena, tree)).toBe(arena.used);
  }

  look(value: bigint): void {
    const { arena, tree, values } = this;
    expect(treeFind(arena, tree, toId(value), place)).toBe(values.includes(value));
    const least = values.find((other) => other >= value);
    expect(seekAtLeast(arena, tree, toId(value), place) ? this.read() : undefined).toBe(least);
    const most = values.findLast((other) => other <= value);
    expect(seekAtMost(arena, tree, toId(value), place) ? this.read() : undefined).toBe(most);
  }

  drain(): void {
    const seen: number[] = [];
    while (drainIdTree(this.arena, this.tree, 2, (word) => seen.push(word)) < 0) liveBlocks(this.arena);
    const words = this.width === 0 ? [] : this.values.map((value) => Number(value & 0xfffn));
    expect(seen.sort((a, b) => a - b)).toEqual(words.sort((a, b) => a - b));
    expectEmpty(this.arena);
  }
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 0n, max: 3000n }) },
  { weight: 2, arbitrary: fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0n, (1n << 32n) - 1n, 1n << 63n, 1n << 64n, (1n << 127n) + 5n, (1n << 128n) - 1n),
  },
);

describe.each([0, 1, 5])('a tree of width %i', (width) => {
  test('holds what a sorted array holds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), value), { minLength: 1, maxLength: 600 }), (steps) => {
        const twin = new Twin(width);
        for (const [kind, given] of steps) {
          const known = twin.values[Number(given % BigInt(twin.values.length || 1))];
          if (kind < 6) twin.add(given);
          else if (kind < 9) {
            if (known !== undefined) twin.remove(known);
          } else twin.look(given);
        }
        twin.check();
        twin.drain();
      }),
      { numRuns: 60 },
    );
  });

  test.each(['forwards', 'backwards', 'alternating'])('fills %s and empties from both ends and the middle', (order) => {
    for (const take of ['first', 'last', 'middle']) {
      const twin = new Twin(width);
      for (let i = 0; i < 2500; i++) {
        const at = order === 'forwards' ? i : order === 'backwards' ? 5000 - i : i % 2 === 0 ? 5000 + i : 5000 - i;
        twin.add(BigInt(at) << 40n);
      }
      twin.check();
      for (let left = 2500; left > 0; left--) {
        const { length } = twin.values;
        twin.remove(twin.values[take === 'first' ? 0 : take === 'last' ? length - 1 : length >>> 1]);
        if (left % 500 === 0) twin.check();
      }
      twin.check();
      twin.add(7n);
      twin.look(7n);
      twin.drain();
    }
  });
});

test('IDs that rise fill their leaves', () => {
  const twin = new Twin(0);
  for (let i = 0; i < 3200; i++) twin.add(BigInt(i));
  // 16 bytes an ID, and little else.
  expect(twin.arena.used).toBeLessThan(3200 * 18);
});
