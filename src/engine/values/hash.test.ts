/**
 * Hashes beside Maps that say what must be in them: the same operations on both, over every encoding and over the borders
 * between them, with deadlines of fields and time passing; after each the same fields, values, deadlines and counts, and
 * after each run an arena in which nothing is lost.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_REF } from '../memory/arena.ts';
import { encodingOf, HASHTABLE, HASHTABLEEX, LISTPACK, LISTPACKEX } from './encoding.ts';
import { hashLength, liveLength, toHashtableFor } from './hash.ts';
import { argsOf, HashModel, NONE } from './hash-model.testing.ts';
import { encodingName } from './value.ts';

const key = fc.constantFrom('h', 'other', '');
const database = fc.constantFrom(0, 1);
const name = fc.oneof(
  fc.integer({ min: 0, max: 20 }).map((n) => `f${n}`),
  fc.constantFrom('', '0', '127', '128', '-4097', '9223372036854775807', '007', 'x'.repeat(63), 'x'.repeat(64)),
);
const content = fc.oneof(
  fc.constantFrom('', '0', '-1', '4095', '8388608', '-9223372036854775808', '1.5', 'y'.repeat(63)),
  fc.integer({ min: 0, max: 70 }).map((n) => 'z'.repeat(n)),
  fc.integer({ min: 0, max: 5000 }).map((n) => 'w'.repeat(n)),
);
const wait = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 300, max: 10 ** 8 }) },
  { weight: 1, arbitrary: fc.constant(NONE) },
);

type Operation = (pair: HashModel) => void;
const setting = fc
  .tuple(database, key, name, content, fc.boolean())
  .map<Operation>((args) => (pair) => pair.set(...args));
const timing = fc.tuple(database, key, name, wait).map<Operation>((args) => (pair) => pair.setDeadline(...args));
const operation = fc.oneof(
  { weight: 12, arbitrary: setting },
  { weight: 8, arbitrary: timing },
  { weight: 4, arbitrary: fc.tuple(database, key, name).map<Operation>((args) => (pair) => pair.remove(...args)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 200 })), fc.boolean())
      .map<Operation>((args) => (pair) => pair.pass(...args)),
  },
  { weight: 1, arbitrary: fc.tuple(database, key, key).map<Operation>((args) => (pair) => pair.rename(...args)) },
  { weight: 1, arbitrary: fc.tuple(database, key, key).map<Operation>((args) => (pair) => pair.copy(...args)) },
  { weight: 1, arbitrary: fc.tuple(database, key).map<Operation>((args) => (pair) => pair.move(...args)) },
  { weight: 1, arbitrary: fc.constant<Operation>((pair) => pair.swap()) },
  { weight: 1, arbitrary: fc.tuple(database, key).map<Operation>((args) => (pair) => pair.discard(...args)) },
  {
    weight: 1,
    arbitrary: fc.tuple(database, key, fc.boolean()).map<Operation>((args) => (pair) => pair.keyDeadline(...args)),
  },
  { weight: 1, arbitrary: database.map<Operation>((d) => (pair) => pair.flush(d)) },
);
const plainOperation = fc.oneof(
  { weight: 6, arbitrary: setting },
  { weight: 3, arbitrary: fc.tuple(database, key, name).map<Operation>((args) => (pair) => pair.remove(...args)) },
);

function run(pair: HashModel, operations: readonly Operation[]): void {
  for (const [i, each] of operations.entries()) {
    each(pair);
    if (i % 4 === 3) pair.check();
  }
  pair.check();
  pair.finish();
}

describe.each([
  ['always a table', 0, 64],
  ['over the border of entries', 8, 10_000],
  ['over the border of lengths', 128, 64],
  ['always a listpack', 1000, 10_000],
])('%s', (_, maxEntries, maxValue) => {
  it('holds what it was given', () => {
    const batch = fc.array(plainOperation, { minLength: 1, maxLength: 100, size: 'max' });
    fc.assert(
      fc.property(batch, (operations) => run(new HashModel(maxEntries, maxValue), operations)),
      { numRuns: 20 },
    );
  });

  it('holds it until the deadline of each field, wherever the key goes', () => {
    const batch = fc.array(operation, { minLength: 1, maxLength: 150, size: 'max' });
    fc.assert(
      fc.property(batch, (operations) => run(new HashModel(maxEntries, maxValue), operations)),
      { numRuns: 30 },
    );
  });
});

describe('encodings', () => {
  const encoding = (pair: HashModel) =>
    encodingOf(pair.keyspace.arena, pair.keyspace.databases[0].find(argsOf('h'), 1));

  it('changes one way only: entries, lengths, deadlines', () => {
    const pair = new HashModel(3, 5);
    for (const n of [1, 2, 3]) pair.set(0, 'h', `f${n}`, 'v', false);
    expect(encoding(pair)).toBe(LISTPACK);
    pair.setDeadline(0, 'h', 'absent', 10);
    expect(encoding(pair)).toBe(LISTPACKEX);
    pair.setDeadline(0, 'h', 'f2', 10);
    pair.set(0, 'h', 'f4', 'v', false);
    expect(encoding(pair)).toBe(HASHTABLEEX);
    pair.remove(0, 'h', 'f4');
    pair.setDeadline(0, 'h', 'f2', NONE);
    expect(encoding(pair)).toBe(HASHTABLEEX);
    pair.check();
    pair.discard(0, 'h');
    pair.set(0, 'h', 'f', 'vvvvvv', false);
    expect(encoding(pair)).toBe(HASHTABLE);
    pair.setDeadline(0, 'h', 'f', 10);
    expect(encoding(pair)).toBe(HASHTABLEEX);
    const { arena, databases } = pair.keyspace;
    expect(encodingName(arena, databases[0].find(argsOf('h'), 1))).toBe('hashtable');
    pair.finish();
  });

  it('a field or value longer than the limit makes a table, also in the place of another', () => {
    for (const [name, content] of [
      ['f', 'vvvvvv'],
      ['ffffff', 'v'],
    ]) {
      const pair = new HashModel(3, 5);
      pair.set(0, 'h', 'f', 'vvvvv', false);
      expect(encoding(pair)).toBe(LISTPACK);
      pair.set(0, 'h', name, content, false);
      expect(encoding(pair)).toBe(HASHTABLE);
      pair.check();
    }
  });

  it('a hash that is to get more fields than a listpack may have becomes a table at once', () => {
    const pair = new HashModel(3, 5);
    pair.set(0, 'h', 'f', 'v', false);
    const [first] = pair.keyspace.databases;
    expect(encodingOf(first.arena, toHashtableFor(first, first.find(argsOf('h'), 1), 3))).toBe(LISTPACK);
    expect(encodingOf(first.arena, toHashtableFor(first, first.find(argsOf('h'), 1), 4))).toBe(HASHTABLE);
    pair.check();
    pair.finish();
  });
});

describe('a field whose deadline has passed and that was not reclaimed', () => {
  it.each([0, 128])('is set anew without it, listpacks of up to %i fields', (maxEntries) => {
    const pair = new HashModel(maxEntries, 64);
    for (const name of ['f', 'g']) {
      pair.set(0, 'h', name, 'old', false);
      pair.setDeadline(0, 'h', name, 10);
    }
    pair.pass(10, false);
    pair.check();
    pair.set(0, 'h', 'f', 'new', true);
    pair.check();
    pair.pass(0, true);
    pair.check();
    pair.finish();
  });
});

describe('a large hash', () => {
  it('loses thousands of fields at their deadline, and the key with the last', () => {
    const pair = new HashModel(128, 64);
    for (let i = 0; i < 30_000; i++) pair.set(0, 'h', `f${i}`, 'v', false);
    for (let i = 0; i < 30_000; i++) pair.setDeadline(0, 'h', `f${i}`, 1000 + (i % 50));
    pair.keyspace.effects.commit();
    pair.events.length = 0;
    pair.pass(1024, false);
    const [first] = pair.keyspace.databases;
    expect(liveLength(first, first.find(argsOf('h'), 1))).toBe(15_000);
    let slices = 3;
    pair.keyspace.expireDue(() => --slices > 0);
    expect(hashLength(first.arena, first.find(argsOf('h'), 1))).toBeGreaterThan(25_000);
    expect(pair.keyspace.nextDeadline).toBe(pair.keyspace.now);
    pair.pass(0, true);
    pair.pass(100, true);
    expect(first.find(argsOf('h'), 1)).toBe(NO_REF);
    pair.keyspace.effects.commit();
    expect(pair.events.at(-1)).toBe('del h');
    expect(new Set(pair.events)).toEqual(new Set(['hexpired h', 'del h']));
    expect(pair.keyspace.expiredFields).toBe(30_000);
    pair.maps[0].clear();
    pair.finish();
  });
});
