import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectBlocks, expectEmpty } from '../memory/arena.testing.ts';
import { Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { EMPTY_LISTPACK_BYTES, LISTPACK_HEADER_BYTES, ListpackCursor } from './listpack.ts';
import { seeQuicklist } from './quicklist.testing.ts';
import {
  copyQuicklist,
  drainQuicklist,
  endNode,
  insertElementAt,
  newQuicklist,
  type Place,
  pushElement,
  quicklistBytes,
  quicklistLength,
  removeEqual,
  removeFromEnd,
  replaceElementAt,
  seekElement,
} from './quicklist.ts';
import { nodeListpack } from './quicklist-node.ts';

/** A list and the array it should be. */
class Twin {
  readonly arena = new Arena();
  readonly list = newQuicklist(this.arena, Buffer.alloc(0), 0, EMPTY_LISTPACK_BYTES);
  fill: number;
  model: string[] = [];

  constructor(fill: number) {
    this.fill = fill;
  }

  push(text: string, atHead: boolean): void {
    const { bytes, view } = source(text);
    pushElement(this.arena, this.list, this.fill, atHead, bytes, view, 0, bytes.length);
    if (atHead) this.model.unshift(text);
    else this.model.push(text);
  }

  pop(count: number, atHead: boolean): void {
    const taken = Math.min(count, this.model.length);
    removeFromEnd(this.arena, this.list, this.fill, atHead, taken);
    this.model.splice(atHead ? 0 : this.model.length - taken, taken);
  }

  insert(text: string, where: number): void {
    if (this.model.length === 0) return;
    const index = where % this.model.length;
    const { node, offset } = this.seek(index);
    const { bytes, view } = source(text);
    insertElementAt(this.arena, this.list, this.fill, node, offset, bytes, view, 0, bytes.length);
    this.model.splice(index, 0, text);
  }

  replace(text: string, where: number): void {
    if (this.model.length === 0) return;
    const index = where % this.model.length;
    const { node, offset } = this.seek(index);
    const { bytes, view } = source(text);
    replaceElementAt(this.arena, this.list, this.fill, node, offset, bytes, view, 0, bytes.length);
    this.model[index] = text;
  }

  remove(text: string, where: number, limit: number): void {
    if (this.model.length === 0) return;
    const from = where % this.model.length;
    const { node, offset } = this.seek(from);
    const { bytes, view } = source(text);
    const gone = removeEqual(this.arena, this.list, this.fill, node, offset, limit, bytes, view, 0, bytes.length);
    let left = limit;
    const before = this.model.length;
    this.model = this.model.filter((element, i) => i < from || element !== text || left-- <= 0);
    expect(gone).toBe(before - this.model.length);
  }

  read(index: number): string {
    const { node, offset } = this.seek(index);
    return readAt(this.arena, node, offset);
  }

  check(): void {
    const { elements, blocks } = seeQuicklist(this.arena, this.list, this.fill);
    expect(elements).toEqual(this.model);
    expectBlocks(this.arena, blocks);
    expect(quicklistBytes(this.arena, this.list)).toBe(this.arena.used);
  }

  private seek(index: number): Place {
    const place: Place = { node: NO_REF, offset: 0 };
    seekElement(this.arena, this.list, index, place);
    expect(readAt(this.arena, place.node, place.offset)).toBe(this.model[index]);
    return place;
  }
}

function source(text: string): { bytes: Buffer; view: DataView } {
  const bytes = Buffer.alloc(text.length, text, 'latin1');
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

function readAt(arena: Arena, node: Ref, offset: number): string {
  const cursor = new ListpackCursor();
  cursor.read(arena.bytes[node >>> 22], arena.views[node >>> 22], nodeListpack(arena, node) + offset);
  return cursor.bytes.toString('latin1', cursor.start, cursor.end);
}

const text = fc.oneof(
  fc.constantFrom('', '0', '7', '-1', '127', '4096', '70000', '9007199254740993', '-9223372036854775808', '007', 'a'),
  fc.integer({ min: 0, max: 70 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 500, max: 10000 }).map((length) => 'y'.repeat(length)),
);
const where = fc.nat(10000);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('push'), text, atHead: fc.boolean(), times: fc.nat(200) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pop'), count: fc.nat(120), atHead: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('insert'), text, where, times: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('replace'), text, where }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove'), text, where, limit: fc.nat(60) }) },
) as fc.Arbitrary<Step>;

interface Step {
  readonly kind: 'push' | 'pop' | 'insert' | 'replace' | 'remove';
  readonly text: string;
  readonly where: number;
  readonly atHead: boolean;
  readonly times: number;
  readonly count: number;
  readonly limit: number;
}

function take(twin: Twin, { kind, text, where, atHead, times, count, limit }: Step): void {
  if (kind === 'push') for (let i = 0; i <= (text.length > 100 ? times % 4 : times); i++) twin.push(text, atHead);
  else if (kind === 'pop') twin.pop(count, atHead);
  else if (kind === 'insert') for (let i = 0; i <= times; i++) twin.insert(text, where);
  else if (kind === 'replace') twin.replace(text, where);
  else twin.remove(text, where, limit);
}

describe.each([1, 2, 3, 0, 50, 100_000, -1, -2, -9])('with a fill of %i', (fill) => {
  test('is the array it should be, and no block is lost', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }), (steps) => {
        const twin = new Twin(fill);
        for (const each of steps) {
          take(twin, each);
          twin.check();
        }
        const copy = copyQuicklist(twin.arena, twin.list);
        expect(seeQuicklist(twin.arena, copy, fill).elements).toEqual(twin.model);
        for (const list of [copy, twin.list]) while (drainQuicklist(twin.arena, list, 3) !== 0);
        expectEmpty(twin.arena);
      }),
      { numRuns: 25 },
    );
  });
});

test('nodes are full blocks, whichever end they grow from', () => {
  for (const atHead of [true, false]) {
    const twin = new Twin(-2);
    for (let i = 0; i < 50_000; i++) twin.push(`element ${i % 90}`, atHead);
    twin.check();
    expect(quicklistBytes(twin.arena, twin.list)).toBeLessThan(50_000 * 12.2);
  }
});

test('finds elements from both ends', () => {
  const twin = new Twin(-1);
  for (let i = 0; i < 3000; i++) twin.push(`${i}`, i % 3 === 0);
  for (let i = 0; i < 3000; i += 7) expect(twin.read(i)).toBe(twin.model[i]);
});

test('a limit that changes meets nodes made before', () => {
  const twin = new Twin(-5);
  for (let i = 0; i < 20_000; i++) twin.push(`${i}`, false);
  twin.fill = 3;
  for (let i = 0; i < 50; i++) twin.insert('new', i * 397);
  for (let i = 0; i < 50; i++) twin.replace('longer than it was', i * 311);
  twin.remove('7', 0, 9);
  twin.pop(10, true);
  expect(seeElements(twin)).toEqual(twin.model);
});

/** Nodes may be larger than the limit says. */
function seeElements(twin: Twin): string[] {
  return seeQuicklist(twin.arena, twin.list, -5).elements;
}

test('a list of one element is a node that fits', () => {
  const twin = new Twin(1);
  for (let i = 0; i < 1000; i++) twin.push('x'.repeat(20), i % 2 === 0);
  twin.check();
  expect(quicklistBytes(twin.arena, twin.list)).toBe(16 + 1000 * 48);
});

test('an element of a hundred mebibytes', () => {
  const twin = new Twin(-2);
  const big = 'z'.repeat(100 * 2 ** 20);
  twin.push('a', false);
  twin.push(big, false);
  twin.push('b', false);
  const place: Place = { node: NO_REF, offset: 0 };
  seekElement(twin.arena, twin.list, 1, place);
  expect(place.offset).toBe(LISTPACK_HEADER_BYTES);
  const { bytes, view } = source('small');
  replaceElementAt(twin.arena, twin.list, -2, place.node, place.offset, bytes, view, 0, 5);
  twin.model[1] = 'small';
  twin.check();
  expect(twin.arena.used).toBeLessThan(4096);
});

test('drains in slices', () => {
  const twin = new Twin(1);
  for (let i = 0; i < 10; i++) twin.push(`${i}`, false);
  expect(drainQuicklist(twin.arena, twin.list, 4)).not.toBe(0);
  expect(quicklistLength(twin.arena, twin.list)).toBe(10);
  expect(endNode(twin.arena, twin.list, true)).not.toBe(NO_REF);
  expect(drainQuicklist(twin.arena, twin.list, 4)).not.toBe(0);
  expect(drainQuicklist(twin.arena, twin.list, 4)).toBe(0);
  expectEmpty(twin.arena);
});
