import { expect, it } from 'vitest';
import { NameTable } from './name-table.ts';

class Thing {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly hash: number;
  next: Thing | undefined = undefined;

  /** Named by the middle of `text`, without its first and its last character. */
  constructor(table: NameTable<Thing>, text: string) {
    this.bytes = Buffer.from(text);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.start = 1;
    this.end = this.bytes.length - 1;
    this.hash = table.hash(this.bytes, this.view, this.start, this.end);
  }
}

function find(table: NameTable<Thing>, name: string): Thing | undefined {
  const bytes = Buffer.from(name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return table.find(table.hash(bytes, view, 0, bytes.length), bytes, view, 0, bytes.length);
}

it('finds what is there by its name, while it grows and shrinks', () => {
  const table = new NameTable<Thing>({ k0: 1, k1: 2 });
  const things = Array.from({ length: 500 }, (_, i) => new Thing(table, `(${i})`));
  for (const thing of things) table.add(thing);
  expect(table.size).toBe(500);
  expect(things.every((thing, i) => find(table, String(i)) === thing)).toBe(true);
  expect(find(table, '500')).toBeUndefined();
  for (const thing of things.slice(3)) table.remove(thing);
  expect(new Set(table.all())).toEqual(new Set(things.slice(0, 3)));
  expect(things.map((_, i) => find(table, String(i)))).toEqual(things.map((thing, i) => (i < 3 ? thing : undefined)));
});

it('keeps nothing of what is gone', () => {
  const table = new NameTable<Thing>({ k0: 1, k1: 2 });
  const things = Array.from({ length: 100 }, (_, i) => new Thing(table, `(${i})`));
  for (const thing of things) table.add(thing);
  for (const thing of things) table.remove(thing);
  expect(things.every(({ next }) => next === undefined)).toBe(true);
  expect(table.all()).toEqual([]);
});
