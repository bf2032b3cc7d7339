import { describe, expect, it } from 'vitest';
import { Arena, type Ref } from '../memory/arena.ts';
import { buffer, keyOf, SEED } from './hashtable.testing.ts';
import { hashOf, newTable, tableInsert, tableRemove, tableShape } from './hashtable.ts';
import { tableEachPlaced, tableHasSame } from './hashtable-join.ts';
import { newRecord } from './record.ts';

const arena = new Arena();

/** A table of `k0` to `k<size - 1>`, of which those from `kept` on were removed again. */
function tableOf(size: number, kept = size, mayGrow = true): Ref {
  const table = newTable(arena);
  const own = arena.hasSegmentsFor;
  if (!mayGrow) arena.hasSegmentsFor = () => false;
  const records: Ref[] = [];
  for (let i = 0; i < size; i++) {
    const { bytes, view } = buffer(`k${i}`);
    const record = newRecord(arena, 0, bytes, view, 0, bytes.length, 0);
    tableInsert(arena, table, hashOf(arena, record, SEED), record, SEED);
    records.push(record);
  }
  for (let i = size - 1; i >= kept; i--) {
    tableRemove(arena, table, hashOf(arena, records[i], SEED), records[i], SEED);
    arena.free(records[i]);
  }
  arena.hasSegmentsFor = own;
  return table;
}

/** Tables in every state, with how many keys they have. */
const TABLES: [string, Ref, number][] = [
  ['empty', tableOf(0), 0],
  ['of one bucket', tableOf(8), 8],
  ['of one long chain', tableOf(100, 100, false), 100],
  ['at rest', tableOf(500), 500],
  ['growing', tableOf(580), 580],
  ['large', tableOf(5000), 5000],
  ['shrinking', tableOf(5000, 850), 850],
  ['shrunk', tableOf(3000, 5), 5],
];

it('has tables in the middle of resizing', () => {
  const moving = new Map(TABLES.map(([name, table]) => [name, tableShape(arena, table).movingTo]));
  expect(moving.get('growing')).toBeGreaterThan(0);
  expect(moving.get('shrinking')).toBeGreaterThan(0);
});

describe.each(TABLES)('a table that is %s', (_, table, size) => {
  it('shows every record once, with what its place tells of its hash', () => {
    const keys: string[] = [];
    tableEachPlaced(arena, table, (record, hash, bits) => {
      const whole = hashOf(arena, record, SEED);
      const mask = 2 ** bits - 1;
      if (((whole ^ hash) & mask) !== 0 || ((whole ^ hash) & 0xfe000000) !== 0) expect.fail('another hash');
      keys.push(keyOf(arena, record));
      return true;
    });
    expect(keys.sort()).toEqual(Array.from({ length: size }, (_, i) => `k${i}`).sort());
  });

  it.each(TABLES)('is joined with one that is %s', (_, other, otherSize) => {
    const common: string[] = [];
    tableEachPlaced(arena, table, (record, hash, bits) => {
      if (tableHasSame(arena, other, record, hash, bits, SEED)) common.push(keyOf(arena, record));
      return true;
    });
    expect(common.sort()).toEqual(Array.from({ length: Math.min(size, otherSize) }, (_, i) => `k${i}`).sort());
  });
});

it('stops when told', () => {
  let seen = 0;
  tableEachPlaced(arena, TABLES[3][1], () => ++seen < 7);
  expect(seen).toBe(7);
});
