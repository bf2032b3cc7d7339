import { beforeEach, expect, it } from 'vitest';
import { NameTable } from '../listeners/name-table.ts';
import { type Place, WaitQueue } from './wait-queue.ts';

let table: NameTable<WaitQueue<string>>;
let queue: WaitQueue<string>;
let places: Place<string>[];

beforeEach(() => {
  table = new NameTable({ k0: 1, k1: 2 });
  const bytes = Buffer.from('key');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  queue = new WaitQueue(0, bytes, view, 0, 3, table.hash(bytes, view, 0, 3));
  table.add(queue);
  places = ['a', 'b', 'c'].map((wait) => queue.join(wait) as Place<string>);
});

function rest(): string[] {
  const taken: string[] = [];
  for (let wait = queue.take(); wait !== undefined; wait = queue.take()) taken.push(wait);
  return taken;
}

it('gives those who wait in the order of coming, each once though it joins twice', () => {
  expect(queue.join('c')).toBeUndefined();
  queue.rewind();
  expect(rest()).toEqual(['a', 'b', 'c']);
});

it('passes over whoever has left meanwhile', () => {
  queue.rewind();
  expect(queue.take()).toBe('a');
  queue.leave(places[1], table);
  queue.leave(places[0], table);
  expect(rest()).toEqual(['c']);
});

it('ends for whoever was going through it when somebody else did', () => {
  queue.rewind();
  queue.take();
  queue.rewind();
  expect(queue.take()).toBe('a');
  queue.stop();
  expect(rest()).toEqual([]);
});

it('leaves the table with the last, and places refer to nobody then', () => {
  for (const place of [places[1], places[2], places[0]]) {
    expect(table.size).toBe(1);
    queue.leave(place, table);
  }
  expect(table.size).toBe(0);
  expect(places.every(({ before, behind }) => before === undefined && behind === undefined)).toBe(true);
});
