import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { halfSipHash } from '../../bytes/siphash.ts';
import { liveBlocks } from '../memory/arena.testing.ts';
import { generator, SEED } from '../structures/hashtable.testing.ts';
import { TrackingTable } from './tracking-table.ts';

/** A table beside the Map that says what must be in it. */
class Pair {
  readonly gone = new Set<number>();
  readonly table = new TrackingTable(SEED, (client) => this.gone.has(client));
  readonly map = new Map<string, Set<number>>();

  add(key: string, client: number): void {
    const bytes = Buffer.from(`..${key}.`, 'latin1');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const end = bytes.length - 1;
    const hash = halfSipHash(bytes, view, 2, end, SEED.k0, SEED.k1);
    this.table.add(bytes, view, 2, end, hash, client);
    const clients = this.map.get(key) ?? new Set();
    this.map.set(key, clients.add(client));
    expect(this.table.keys).toBe(this.map.size);
  }

  take(key: string): void {
    const { items } = this.table;
    const readers = this.table.take(Buffer.from(key, 'latin1'));
    expect(readers === undefined).toBe(!this.map.has(key));
    if (readers !== undefined) this.check(readers.key, readers.clients, items);
  }

  takeAny(random: () => number): void {
    const { items } = this.table;
    const readers = this.table.takeAny(random);
    expect(readers === undefined).toBe(this.map.size === 0);
    if (readers !== undefined) this.check(readers.key, readers.clients, items);
  }

  clear(): void {
    this.table.clear();
    this.map.clear();
    expect([this.table.keys, this.table.items]).toEqual([0, 0]);
  }

  /** Those that are here must be told, in order; those that are gone may stand there still. */
  private check(key: Buffer, clients: readonly number[], itemsBefore: number): void {
    const name = key.toString('latin1');
    const expected = [...(this.map.get(name) ?? [])].sort((a, b) => a - b);
    this.map.delete(name);
    expect(expected).toEqual(expect.arrayContaining([...clients]));
    expect(clients.filter((client) => !this.gone.has(client))).toEqual(
      expected.filter((client) => !this.gone.has(client)),
    );
    expect([...clients].sort((a, b) => a - b)).toEqual(clients);
    expect([this.table.keys, this.table.items]).toEqual([this.map.size, itemsBefore - clients.length]);
  }
}

const keys = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'a\0', 'user:1', 'x'.repeat(40_000)),
  fc.nat(300).map((n) => `key:${n}`),
);
/** Also numbers that need more than 32 bits. */
const clients = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 2 ** 32 - 2, max: 2 ** 32 + 2 }));

describe('the tracking table', () => {
  test('says what a Map of Sets says, and keeps no memory', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            { weight: 200, arbitrary: fc.record({ op: fc.constant('add' as const), key: keys, client: clients }) },
            { weight: 30, arbitrary: fc.record({ op: fc.constant('take' as const), key: keys }) },
            { weight: 20, arbitrary: fc.record({ op: fc.constant('any' as const) }) },
            { weight: 10, arbitrary: fc.record({ op: fc.constant('gone' as const), client: clients }) },
            { weight: 1, arbitrary: fc.record({ op: fc.constant('clear' as const) }) },
          ),
          { maxLength: 600, size: 'max' },
        ),
        (steps) => {
          const pair = new Pair();
          const random = generator(7);
          for (const step of steps) {
            if (step.op === 'add') pair.add(step.key, step.client);
            else if (step.op === 'take') pair.take(step.key);
            else if (step.op === 'any') pair.takeAny(random);
            else if (step.op === 'clear') pair.clear();
            else pair.gone.add(step.client);
          }
          while (pair.map.size > 0) pair.takeAny(random);
          expect(pair.table.items).toBe(0);
          // The table's header, its buckets, those it was moving to.
          expect(liveBlocks(pair.table.arena).size).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('many clients of one key stand in order; those that are gone make room for others', () => {
    const pair = new Pair();
    const random = generator(3);
    for (let i = 0; i < 5000; i++) {
      const client = 1 + (random() % 1_000_000);
      pair.add('hot', client);
      if (i % 2 === 0) pair.gone.add(client);
    }
    expect(pair.table.items).toBeLessThanOrEqual(5000);
    const { bytes } = pair.table;
    for (const client of pair.map.get('hot') ?? []) pair.gone.add(client);
    for (let i = 0; i < 100_000; i++) {
      const client = 2_000_000 + i;
      pair.add('hot', client);
      pair.gone.add(client);
    }
    expect(pair.table.bytes).toBeLessThanOrEqual(bytes * 2);
    pair.take('hot');
  });

  test('a flush gives back what many keys took', () => {
    const pair = new Pair();
    const empty = pair.table.bytes;
    for (let i = 0; i < 50_000; i++) pair.add(`key:${i}`, 1 + (i % 3));
    expect(pair.table.bytes).toBeGreaterThan(50_000 * 30);
    expect(pair.table.bytes).toBeLessThan(50_000 * 64);
    pair.clear();
    expect(pair.table.bytes).toBe(empty);
    pair.add('key:1', 5);
    pair.take('key:1');
  });
});
