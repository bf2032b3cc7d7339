import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { Effects } from '../effects/effects.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { SET } from '../memory/layout.ts';
import { expectEven } from '../structures/even.testing.ts';
import { buffer, generator } from '../structures/hashtable.testing.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { encodingOf, HASHTABLE, INTSET, LISTPACK } from './encoding.ts';
import { valueLength } from './inline.ts';
import {
  addMember,
  emptySetBytes,
  encodingForNew,
  hasMember,
  initSet,
  prepareForMembers,
  removeMember,
  setSize,
} from './set.ts';
import { addMembersOf, intersect, isSubtractedByRemoval, removeMembersOf, subtract, unite } from './set-algebra.ts';
import { toIntset } from './set-conversion.ts';
import { drawMember, drawMembers, removeDrawn, takeMembers } from './set-draws.ts';
import { eachMember, type MemberVisitor, scanMembers } from './set-walk.ts';

interface Limits {
  readonly integers: number;
  readonly entries: number;
  readonly value: number;
}

/** Sets in no database, each beside the `Set` that it must equal. */
class Sets {
  readonly keyspace: Keyspace;
  private readonly baseline: number;

  constructor(limits: Limits, seed = 7) {
    this.keyspace = new Keyspace(new Effects(), generator(seed), 0, 1);
    this.keyspace.encodingLimits.setMaxIntsetEntries = limits.integers;
    this.keyspace.encodingLimits.setMaxListpackEntries = limits.entries;
    this.keyspace.encodingLimits.setMaxListpackValue = limits.value;
    this.baseline = this.keyspace.arena.used;
  }

  create(first: string, expected = 1): Pair {
    const owner = this.keyspace.detached;
    const { bytes } = buffer(first);
    const encoding = encodingForNew(owner, bytes, 0, bytes.length, expected);
    const args = Args.of([Buffer.from('SADD'), Buffer.from('key')]);
    const ref = initSet(owner, owner.create(args, 1, SET, encoding, emptySetBytes(encoding)), encoding);
    return new Pair(this.keyspace, ref);
  }

  /** A set of these members, the first of which decides on its encoding. */
  of(members: readonly string[]): Pair {
    const pair = this.create(members[0] ?? '0', members.length);
    for (const member of members) pair.add(member);
    return pair;
  }

  /** Frees the sets; fails when anything is left. */
  expectFreed(...pairs: Pair[]): void {
    for (const { ref } of pairs) this.keyspace.lazyFree.freeRecord(ref);
    this.keyspace.lazyFree.finish();
    expect(this.keyspace.arena.used).toBe(this.baseline);
  }
}

class Pair {
  readonly keyspace: Keyspace;
  ref: Ref;
  readonly model = new Set<string>();

  constructor(keyspace: Keyspace, ref: Ref) {
    this.keyspace = keyspace;
    this.ref = ref;
  }

  get encoding(): number {
    return encodingOf(this.keyspace.arena, this.ref);
  }

  add(member: string): void {
    const { bytes, view } = buffer(member);
    const ref = addMember(this.keyspace.detached, this.ref, bytes, view, 0, bytes.length);
    if ((ref !== NO_REF) === this.model.has(member)) expect.fail(`adding ${member} told the contrary`);
    this.model.add(member);
    if (ref !== NO_REF) this.ref = ref;
  }

  remove(member: string): void {
    const { bytes, view } = buffer(member);
    const ref = removeMember(this.keyspace.detached, this.ref, bytes, view, 0, bytes.length);
    expect(ref !== NO_REF).toBe(this.model.delete(member));
    if (ref !== NO_REF) this.ref = ref;
  }

  has(member: string): boolean {
    const { bytes, view } = buffer(member);
    return hasMember(this.keyspace.detached, this.ref, bytes, view, 0, bytes.length);
  }

  members(): string[] {
    const members: string[] = [];
    eachMember(this.keyspace.arena, this.ref, collect(members));
    return members;
  }

  /** Takes what was drawn out of the model; fails unless all of it was there. */
  took(members: readonly string[]): void {
    for (const member of members) if (!this.model.delete(member)) expect.fail(`${member} was no member, or came twice`);
  }

  expectSame(): void {
    expect(setSize(this.keyspace.arena, this.ref)).toBe(this.model.size);
    expect(this.members().sort()).toEqual([...this.model].sort());
    const scanned: string[] = [];
    let cursor = 0;
    do cursor = scanMembers(this.keyspace.arena, this.ref, cursor, 3, collect(scanned));
    while (cursor !== 0);
    expect(scanned.sort()).toEqual([...this.model].sort());
  }
}

function collect(members: string[]): MemberVisitor {
  return (bytes, _view, start, end) => {
    members.push(bytes.toString('latin1', start, end));
  };
}

/** Whether a text is what Redis keeps as an integer. */
function isInteger(text: string): boolean {
  return /^(0|-?[1-9]\d{0,18})$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

/** Limits under which a random set keeps to one encoding, and such that it passes through all. */
const LIMITS: [string, Limits, (member: string) => boolean][] = [
  ['an intset', { integers: 1000, entries: 1000, value: 64 }, isInteger],
  ['a listpack', { integers: 0, entries: 1000, value: 64 }, () => true],
  ['a table', { integers: 0, entries: 0, value: 0 }, () => true],
  ['changing', { integers: 6, entries: 9, value: 8 }, () => true],
  ['changing late', { integers: 20, entries: 12, value: 5 }, () => true],
  ['changing soon', { integers: 3, entries: 2, value: 64 }, () => true],
];

const integer = fc.oneof(
  fc.integer({ min: -12, max: 30 }).map(String),
  fc.constantFrom('32767', '32768', '-32769', '2147483647', '2147483648', '-2147483649', '9007199254740993'),
  fc.constantFrom('9223372036854775807', '-9223372036854775808', '-9007199254740993'),
);
const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', '007', '-0', '+1', '9223372036854775808', 'x'.repeat(8), 'x'.repeat(9), '\0\xff', '1 '),
  fc.string({ maxLength: 12 }).filter((word) => /^[\0-\xff]*$/.test(word)),
);
const member = fc.oneof({ weight: 3, arbitrary: integer }, { weight: 2, arbitrary: text });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), member }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), member }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pop' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('popOne' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('draw' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);

describe.each(LIMITS)('a set that is %s', (_, limits, mayBe) => {
  const sets = new Sets(limits);

  it('equals a Set, whatever is added, removed and drawn', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 120, size: 'max' }), (steps) => {
        const pair = sets.create('1');
        const owner = sets.keyspace.detached;
        for (const one of steps) {
          const size = pair.model.size;
          if (one.kind === 'add' && mayBe(one.member)) pair.add(one.member);
          else if (one.kind === 'remove') {
            expect(pair.has(one.member)).toBe(pair.model.has(one.member));
            pair.remove(one.member);
          } else if (one.kind === 'popOne' && size > 0) {
            const cursor = new ListpackCursor();
            const place = drawMember(owner, pair.ref, cursor);
            pair.took([cursor.bytes.toString('latin1', cursor.start, cursor.end)]);
            pair.ref = removeDrawn(owner, pair.ref, place);
          } else if ((one.kind === 'pop' || one.kind === 'draw') && size > 1) {
            const count = 1 + Math.floor(one.share * (size - 2));
            const drawn: string[] = [];
            if (one.kind === 'pop') {
              pair.ref = takeMembers(owner, pair.ref, count, collect(drawn));
              pair.took(drawn);
            } else drawMembers(owner, pair.ref, count, collect(drawn));
            expect(new Set(drawn).size).toBe(count);
            expect(drawn).toHaveLength(count);
          }
        }
        pair.expectSame();
        if (pair.encoding === INTSET) {
          expect(pair.members()).toEqual([...pair.model].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)));
          expect(pair.model.size).toBeLessThanOrEqual(limits.integers);
        } else if (pair.encoding === LISTPACK) {
          expect(pair.model.size).toBeLessThanOrEqual(limits.entries);
          for (const one of pair.model) expect(one.length).toBeLessThanOrEqual(limits.value);
        }
        sets.expectFreed(pair);
      }),
      { numRuns: 150 },
    );
  });

  it('is intersected, united and subtracted as Sets are', () => {
    const some = fc.array(member.filter(mayBe), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), fc.nat(5), (lists, limit) => {
        const pairs = lists.map((members) => sets.of(members));
        const owner = sets.keyspace.detached;
        const refs = pairs.map(({ ref }) => ref);
        const found = (act: (visit: MemberVisitor) => void): string[] => {
          const members: string[] = [];
          act(collect(members));
          expect(new Set(members).size).toBe(members.length);
          return members.sort();
        };
        const [first, ...others] = pairs;
        const common = [...first.model].filter((one) => others.every(({ model }) => model.has(one)));
        const left = [...first.model].filter((one) => !others.some(({ model }) => model.has(one)));
        const all = new Set(pairs.flatMap(({ model }) => [...model]));
        expect(found((visit) => intersect(owner, [...refs, refs[0]], Number.POSITIVE_INFINITY, visit))).toEqual(
          common.sort(),
        );
        expect(found((visit) => unite(owner, [...refs, refs[0]], visit))).toEqual([...all].sort());
        expect(found((visit) => subtract(owner, refs[0], refs.slice(1), visit))).toEqual(left.sort());
        expect(found((visit) => subtract(owner, refs[0], [...refs], visit))).toEqual([]);
        if (limit > 0)
          expect(found((visit) => intersect(owner, [...refs], limit, visit))).toHaveLength(
            Math.min(limit, common.length),
          );
        const target = sets.create('1');
        for (const { ref, model } of pairs) {
          target.ref = addMembersOf(owner, target.ref, ref);
          for (const one of model) target.model.add(one);
        }
        for (const { ref, model } of others) {
          target.ref = removeMembersOf(owner, target.ref, ref);
          for (const one of model) target.model.delete(one);
        }
        target.expectSame();
        sets.expectFreed(target, ...pairs);
      }),
      { numRuns: 120 },
    );
  });
});

describe('the encoding', () => {
  it('changes where a limit is passed, on both sides of it', () => {
    const sets = new Sets({ integers: 4, entries: 3, value: 5 });
    const encodingAfter = (...members: string[]): number => {
      const pair = sets.create(members[0]);
      for (const one of members) pair.add(one);
      const { encoding } = pair;
      sets.keyspace.lazyFree.freeRecord(pair.ref);
      return encoding;
    };
    expect(encodingAfter('1', '2', '3', '4')).toBe(INTSET);
    expect(encodingAfter('1', '2', '3', '4', '5')).toBe(HASHTABLE);
    expect(encodingAfter('1', '2', 'x')).toBe(LISTPACK);
    expect(encodingAfter('1', '2', '3', 'x')).toBe(HASHTABLE);
    expect(encodingAfter('1', 'five5')).toBe(LISTPACK);
    expect(encodingAfter('1', 'sixsix')).toBe(HASHTABLE);
    expect(encodingAfter('99999', 'x')).toBe(LISTPACK);
    expect(encodingAfter('-99999', 'x')).toBe(HASHTABLE);
    expect(encodingAfter('x', 'y', 'z')).toBe(LISTPACK);
    expect(encodingAfter('x', 'y', 'z', 'x')).toBe(LISTPACK);
    expect(encodingAfter('x', 'y', 'z', '1')).toBe(HASHTABLE);
  });

  it('is a table at once for more members than it may have', () => {
    const sets = new Sets({ integers: 4, entries: 3, value: 5 });
    const numbers = sets.create('1', 4);
    numbers.add('1');
    expect(numbers.encoding).toBe(INTSET);
    numbers.ref = prepareForMembers(sets.keyspace.detached, numbers.ref, 4);
    expect(numbers.encoding).toBe(INTSET);
    numbers.ref = prepareForMembers(sets.keyspace.detached, numbers.ref, 5);
    expect(numbers.encoding).toBe(HASHTABLE);
    numbers.expectSame();
    const words = sets.create('x', 3);
    words.add('x');
    expect(words.encoding).toBe(LISTPACK);
    words.ref = prepareForMembers(sets.keyspace.detached, words.ref, 4);
    expect(words.encoding).toBe(HASHTABLE);
    expect(sets.create('1', 5).encoding).toBe(HASHTABLE);
    expect(sets.create('x', 4).encoding).toBe(HASHTABLE);
  });

  it('becomes an intset from any other', () => {
    for (const limits of [LIMITS[1][1], LIMITS[2][1]]) {
      const sets = new Sets(limits);
      const pair = sets.of(['5', '-3', '9223372036854775807', '70000', '0']);
      expect(pair.encoding).not.toBe(INTSET);
      pair.ref = toIntset(sets.keyspace.detached, pair.ref);
      expect(pair.encoding).toBe(INTSET);
      expect(pair.members()).toEqual(['-3', '0', '5', '70000', '9223372036854775807']);
      expect(valueLength(sets.keyspace.arena, pair.ref)).toBe(8 + 5 * 8);
      sets.expectFreed(pair);
    }
  });
});

describe('draws', () => {
  const kinds: [string, string[]][] = [
    ['intset', Array.from({ length: 30 }, (_, i) => String(i * 1000))],
    ['listpack', Array.from({ length: 30 }, (_, i) => `m${i}`)],
    ['table', Array.from({ length: 200 }, (_, i) => `m${i}`)],
  ];

  it.each(kinds)('are fair from a set that is %s', (_, members) => {
    const sets = new Sets({ integers: 512, entries: 128, value: 64 });
    const pair = sets.of(members);
    const owner = sets.keyspace.detached;
    const single = new Map(members.map((one) => [one, 0]));
    const cursor = new ListpackCursor();
    for (let i = 0; i < 40 * members.length; i++) {
      drawMember(owner, pair.ref, cursor);
      const one = cursor.bytes.toString('latin1', cursor.start, cursor.end);
      single.set(one, (single.get(one) ?? 0) + 1);
    }
    expectEven([...single.values()], 40 * members.length);
    for (const count of [2, members.length >> 1, members.length - 1]) {
      const counts = new Map(members.map((one) => [one, 0]));
      const rounds = Math.ceil((40 * members.length) / count);
      for (let i = 0; i < rounds; i++) {
        const drawn: string[] = [];
        drawMembers(owner, pair.ref, count, collect(drawn));
        for (const one of drawn) counts.set(one, (counts.get(one) ?? 0) + 1);
      }
      expectEven([...counts.values()], rounds * count);
    }
  });

  it.each(kinds)('leave each member with the same chance in a set that is %s', (_, members) => {
    for (const staying of [1, members.length >> 1]) {
      const counts = new Map(members.map((one) => [one, 0]));
      const rounds = Math.ceil((20 * members.length) / staying);
      const sets = new Sets({ integers: 512, entries: 128, value: 64 }, staying);
      for (let i = 0; i < Math.min(rounds, 600); i++) {
        const pair = sets.of(members);
        pair.ref = takeMembers(sets.keyspace.detached, pair.ref, members.length - staying, () => {});
        for (const one of pair.members()) counts.set(one, (counts.get(one) ?? 0) + 1);
        sets.keyspace.lazyFree.freeRecord(pair.ref);
      }
      expectEven([...counts.values()], Math.min(rounds, 600) * staying);
    }
  });

  it('break off without harm', () => {
    for (const [, members] of kinds) {
      for (const count of [3, members.length - 1]) {
        const sets = new Sets({ integers: 512, entries: 128, value: 64 });
        const pair = sets.of(members);
        let shown = 0;
        const stop = () => {
          if (++shown === 3) throw new Error('enough');
        };
        expect(() => takeMembers(sets.keyspace.detached, pair.ref, count, stop)).toThrow('enough');
        pair.expectSame();
        sets.expectFreed(pair);
      }
    }
  });
});

it('subtracts by removal where many small sets are taken from a large one', () => {
  const sets = new Sets({ integers: 512, entries: 128, value: 64 });
  const large = sets.of(Array.from({ length: 100 }, (_, i) => String(i))).ref;
  const small = sets.of(['1', '2']).ref;
  const { arena } = sets.keyspace;
  expect(isSubtractedByRemoval(arena, large, [])).toBe(false);
  expect(isSubtractedByRemoval(arena, large, [small])).toBe(false);
  expect(isSubtractedByRemoval(arena, large, [small, small])).toBe(true);
  expect(isSubtractedByRemoval(arena, small, [large, large, large])).toBe(false);
});
