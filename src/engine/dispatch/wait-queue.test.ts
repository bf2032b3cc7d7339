import { beforeEach, expect, it } from 'vitest';
import { NameTable } from '../listeners/name-table.ts';
import { Place, WaitQueue } from './wait-queue.ts';

let table: NameTable<WaitQueue<string>>;
let queue: WaitQueue<string>;
let places: Place<string>[];

beforeEach(() => {
  table = new NameTable({ k0: 1, k1: 2 });
  const bytes = Buffer.from('key');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  queue = new WaitQueue();
  queue.name(0, bytes, view, 0, 3, table.hash(bytes, view, 0, 3));
  table.add(queue);
  places = ['a', 'b', 'c'].map((wait) => new Place(wait));
  for (const place of places) queue.join(place);
});

function rest(): string[] {
  const taken: string[] = [];
  for (let wait = queue.take(); wait !== undefined; wait = queue.take()) taken.push(wait);
  return taken;
}

it('gives those who wait in the order of coming, each once though it joins twice', () => {
  expect(queue.join(new Place('c'))).toBe(false);
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

it('is spare when nobody is in it and it is not about to be served; then it takes the name of another key', () => {
  const bytes = Buffer.from('another key');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  queue.isReady = true;
  for (const place of places) {
    queue.leave(place, table);
    expect(queue.isSpare).toBe(false);
  }
  queue.isReady = false;
  expect(queue.isSpare).toBe(true);
  queue.name(1, bytes, view, 2, 9, table.hash(bytes, view, 2, 9));
  table.add(queue);
  bytes.fill(0);
  const name = Buffer.from('other k');
  const nameView = new DataView(name.buffer, name.byteOffset, name.length);
  expect(table.find(table.hash(name, nameView, 0, 7), name, nameView, 0, 7)).toBe(queue);
  expect(queue.database).toBe(1);
});

it('leaves the table with the last, and places refer to nobody then', () => {
  for (const place of [places[1], places[2], places[0]]) {
    expect(table.size).toBe(1);
    queue.leave(place, table);
  }
  expect(table.size).toBe(0);
  expect(places.every(({ before, behind }) => before === undefined && behind === undefined)).toBe(true);
});
