import { describe, expect, test } from 'vitest';
import { listpack, text, ziplist, zipmap } from './payloads.testing.ts';
import { bulks, expectRefused, restored } from './restoring.testing.ts';

describe('compact forms', () => {
  const replaced = (bytes: readonly number[], at: number, value: number): number[] =>
    bytes.map((byte, i) => (i === (at < 0 ? bytes.length + at : at) ? value : byte));

  test('listpacks are refused when any byte between the elements is wrong', () => {
    const good = listpack(['ab', 5, 300]);
    for (const [at, value] of [
      [0, 99],
      [3, 1],
      [4, 2],
      [4, 4],
      [6, 0x83],
      [6, 0xff],
      [6, 0xf5],
      [9, 4],
      [11, 2],
      [14, 3],
      [-1, 0],
    ]) {
      expectRefused(18, [1, 2, ...text(replaced(good, at, value))]);
    }
    for (const short of [[], [1], good.slice(0, 6), [6, 0, 0, 0, 0, 0], good.slice(0, -1)]) {
      expectRefused(18, [1, 2, ...text(short)]);
    }
    expectRefused(18, [1, 2, ...text([13, 0, 0, 0, 1, 0, 0xf0, 0xff, 0xff, 0xff, 0xff, 1, 0xff])]);
    expectRefused(18, [1, 2, ...text([9, 0, 0, 0, 1, 0, 0xf4, 9, 0xff])]);
  });

  test('zipmaps are refused when any byte between the texts is wrong', () => {
    const good = zipmap([['f', 'value']], 1);
    for (const [at, value] of [
      [0, 2],
      [1, 2],
      [3, 4],
      [4, 2],
      [1, 0xff],
      [-1, 0],
    ]) {
      expectRefused(9, text(replaced(good, at, value)));
    }
    expectRefused(9, text([1, 254, 1, 0, 0, 0, 97, 1, 0, 98, 0xff]));
    expectRefused(18, [1, 1, 0]);
  });

  test('a listpack may leave the count to be found out', () => {
    expect(bulks(restored(18, [1, 2, ...text(listpack(['a', 'b'], 65535))]).run('LRANGE', 'k', 0, -1))).toEqual([
      'a',
      'b',
    ]);
  });

  test('ziplists are refused when any byte between the entries is wrong', () => {
    const good = ziplist(['ab', 5, 300]);
    for (const [at, value] of [
      [0, 99],
      [4, 9],
      [8, 2],
      [8, 4],
      [10, 1],
      [11, 3],
      [11, 0xff],
      [14, 3],
      [16, 5],
      [17, 0xc1],
      [-1, 0],
    ]) {
      expectRefused(10, text(replaced(good, at, value)));
    }
    for (const short of [[], good.slice(0, 10), good.slice(0, -1)]) expectRefused(10, text(short));
  });
});
