import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectEmpty } from '../memory/arena.testing.ts';
import { NO_REF } from '../memory/arena.ts';
import { LISTPACK_HEADER_BYTES } from './listpack.ts';
import { seeQuicklist, Twin } from './quicklist.testing.ts';
import { type Place, replaceElementAt, seekElement } from './quicklist.ts';
import {
  copyNodes,
  drainQuicklist,
  endNode,
  newEmptyQuicklist,
  quicklistBytes,
  quicklistLength,
} from './quicklist-chain.ts';

const text = fc.oneof(
  fc.constantFrom('', '0', '7', '-1', '127', '4096', '70000', '9007199254740993', '-9223372036854775808', '007', 'a'),
  fc.integer({ min: 0, max: 70 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 500, max: 10000 }).map((length) => 'y'.repeat(length)),
);
const where = fc.nat(10000);
const isAfter = fc.boolean();
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('push'), text, atHead: fc.boolean(), times: fc.nat(200) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pop'), count: fc.nat(120), atHead: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('insert'), text, where, isAfter, times: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('replace'), text, where }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove'), text, where, limit: fc.nat(60) }) },
) as fc.Arbitrary<Step>;

interface Step {
  readonly kind: 'push' | 'pop' | 'insert' | 'replace' | 'remove';
  readonly text: string;
  readonly where: number;
  readonly isAfter: boolean;
  readonly atHead: boolean;
  readonly times: number;
  readonly count: number;
  readonly limit: number;
}

function take(twin: Twin, { kind, text, where, isAfter, atHead, times, count, limit }: Step): void {
  const repeats = text?.length > 100 ? times % 4 : times;
  if (kind === 'push') for (let i = 0; i <= repeats; i++) twin.push(text, atHead);
  else if (kind === 'pop') twin.pop(count, atHead);
  else if (kind === 'insert') for (let i = 0; i <= repeats; i++) twin.insert(text, where + 3 * i, isAfter);
  else if (kind === 'replace') twin.replace(text, where);
  else twin.remove(text, where, limit);
}

describe.each([1, 2, 3, 0, 50, 100_000, -1, -2, -9])('with a fill of %i', (fill) => {
  test('is the array it should be, and no block is lost', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), (steps) => {
        const twin = new Twin(fill);
        for (const each of steps) {
          take(twin, each);
          twin.check();
        }
        twin.checkBlocks();
        const copy = newEmptyQuicklist(twin.arena);
        for (let at = copyNodes(twin.arena, twin.list, copy, 0, 2); at !== 0; ) {
          at = copyNodes(twin.arena, twin.list, copy, at, 2);
        }
        expect(seeQuicklist(twin.arena, copy, fill).elements).toEqual(twin.model);
        for (const list of [copy, twin.list]) while (drainQuicklist(twin.arena, list, 3) !== 0);
        expectEmpty(twin.arena);
      }),
      { numRuns: 10 },
    );
  });
});

test('nodes are full blocks, whichever end they grow from', () => {
  for (const atHead of [true, false]) {
    const twin = new Twin(-2);
    for (let i = 0; i < 20_000; i++) twin.push(`element ${i % 90}`, atHead);
    twin.check();
    expect(quicklistBytes(twin.arena, twin.list)).toBeLessThan(20_000 * 12.3);
  }
});

test('finds elements from both ends', () => {
  const twin = new Twin(-1);
  for (let i = 0; i < 3000; i++) twin.push(`${i}`, i % 3 === 0);
  for (let i = 0; i < 3000; i += 7) expect(twin.read(i)).toBe(twin.model[i]);
});

test('insertions that walk through full nodes leave no crumbs', () => {
  const twin = new Twin(-2);
  for (let i = 0; i < 4000; i++) twin.push('an element of thirty characters', false);
  for (let i = 0; i < 4000; i += 2) twin.insert('another, between', i, true);
  twin.check();
  const { blocks } = seeQuicklist(twin.arena, twin.list, -2);
  const bytes = twin.model.reduce((sum, element) => sum + element.length + 2, 0);
  expect(blocks.size).toBeLessThan((2.5 * bytes) / 8192);
});

test('a limit that changes meets nodes made before', () => {
  const twin = new Twin(-5);
  for (let i = 0; i < 20_000; i++) twin.push(`${i}`, false);
  twin.fill = 3;
  for (let i = 0; i < 50; i++) twin.insert('new', i * 397);
  for (let i = 0; i < 50; i++) twin.replace('longer than it was', i * 311);
  twin.remove('7', 0, 9);
  twin.pop(10, true);
  // Nodes made before may be larger than the limit of now says.
  expect(seeQuicklist(twin.arena, twin.list, -5).elements).toEqual(twin.model);
});

test('takes over a listpack of more elements than a node can count', () => {
  const count = 70_000;
  const pack = Buffer.alloc(7 + 2 * count);
  pack.writeUInt32LE(pack.length, 0);
  pack.writeUInt16LE(65535, 4);
  for (let i = 0; i < count; i++) pack.set([i % 100, 1], 6 + 2 * i);
  pack[pack.length - 1] = 0xff;
  const twin = new Twin(-2, pack);
  twin.model = Array.from({ length: count }, (_, i) => `${i % 100}`);
  expect(quicklistLength(twin.arena, twin.list)).toBe(count);
  expect(twin.read(65_533)).toBe('33');
  expect(twin.read(65_534)).toBe('34');
  twin.push('after', false);
  twin.pop(65_530, true);
  expect(twin.read(4)).toBe('34');
  twin.pop(4460, true);
  twin.check();
  expect(twin.model).toHaveLength(11);
});

test('a list of one element a node has nodes that fit', () => {
  const twin = new Twin(1);
  for (let i = 0; i < 1000; i++) twin.push('x'.repeat(20), i % 2 === 0);
  twin.check();
  expect(quicklistBytes(twin.arena, twin.list)).toBe(16 + 1000 * 48);
});

test('an element of a hundred mebibytes', () => {
  const twin = new Twin(-2);
  twin.push('a', false);
  twin.push('z'.repeat(100 * 2 ** 20), false);
  twin.push('b', false);
  const place: Place = { node: NO_REF, offset: 0 };
  seekElement(twin.arena, twin.list, 1, place);
  expect(place.offset).toBe(LISTPACK_HEADER_BYTES);
  const small = Buffer.from('small');
  const view = new DataView(small.buffer, small.byteOffset, small.length);
  replaceElementAt(twin.arena, twin.list, -2, place.node, place.offset, small, view, 0, 5);
  twin.model[1] = 'small';
  twin.check();
  expect(twin.arena.used).toBeLessThan(16_384);
});

test('drains in slices, and tells what is left', () => {
  const twin = new Twin(1);
  for (let i = 0; i < 10; i++) twin.push(`${i}`, false);
  expect(drainQuicklist(twin.arena, twin.list, 4)).not.toBe(0);
  expect(quicklistLength(twin.arena, twin.list)).toBe(6);
  expect(quicklistBytes(twin.arena, twin.list)).toBe(twin.arena.used);
  expect(endNode(twin.arena, twin.list, true)).not.toBe(NO_REF);
  expect(drainQuicklist(twin.arena, twin.list, 4)).not.toBe(0);
  expect(drainQuicklist(twin.arena, twin.list, 4)).toBe(0);
  expectEmpty(twin.arena);
});
