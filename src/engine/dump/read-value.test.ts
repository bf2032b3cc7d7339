/** Every RDB type, as byte literals made from the format: what is read, what is refused. */
import { describe, expect, test } from 'vitest';
import type { TestEngine } from '../engine.testing.ts';
import {
  type Bytes,
  backlength,
  double,
  type Element,
  intset,
  length,
  listpack,
  listpackText,
  littleEndian,
  text,
  ziplist,
  zipmap,
} from './payloads.testing.ts';
import { bulks, encoding, expectRefused, membersOf, restored } from './restoring.testing.ts';

const WIDE = 'w'.repeat(70);

/** Integers at the edges of every width, and texts with heads of every length. */
const MIXED: Element[] = [
  ...[0, 12, 13, 127, 128, -1, 255, -128, -129, 4095, 4096, -4096, -4097, 32767, 32768, -32768, -32769],
  ...[8388607, 8388608, -8388608, -8388609, 2147483647, 2147483648, -2147483648, -2147483649],
  ...[2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), Number.MAX_SAFE_INTEGER],
  ...['', 'a', 'b'.repeat(63), 'c'.repeat(64), 'd'.repeat(126), 'e'.repeat(250), 'f'.repeat(5000), '007', '-0', '+1'],
];
const MIXED_TEXTS = MIXED.map(String);
const PAIRS = MIXED.flatMap((element) => [element, `value of ${element}`]);

describe('strings', () => {
  const reads = (body: Bytes, value: string, kind: string): void => {
    const engine = restored(0, body);
    expect(bulks(engine.run('GET', 'k'))).toEqual([value]);
    expect(encoding(engine)).toBe(kind);
  };

  test('plain', () => {
    reads(text('hello'), 'hello', 'embstr');
    reads(text(''), '', 'embstr');
    reads(text(WIDE), WIDE, 'raw');
    reads(text('x'.repeat(20000)), 'x'.repeat(20000), 'raw');
    reads(text('12345678901'), '12345678901', 'int');
    reads([0x80, 0, 0, 0, 2, 104, 105], 'hi', 'embstr');
    reads([0x81, 0, 0, 0, 0, 0, 0, 0, 2, 104, 105], 'hi', 'embstr');
  });

  test('integers', () => {
    reads([0xc0, 0x80], '-128', 'int');
    reads([0xc1, 0xff, 0x7f], '32767', 'int');
    reads([0xc2, 0, 0, 0, 0x80], '-2147483648', 'int');
  });

  test('LZF', () => {
    reads([0xc3, 5, 30, 0, 97, 0xe0, 20, 0], 'a'.repeat(30), 'embstr');
  });

  test('refused: cut, longer than what is there, not what LZF gives, unknown encodings', () => {
    for (const body of [
      [],
      [5],
      [5, 104],
      [0x41],
      [0x80, 0, 0],
      [0x80, 0xff, 0xff, 0xff, 0xff, 1],
      [0xc0],
      [0xc1, 1],
    ]) {
      expectRefused(0, body);
    }
    expectRefused(0, [0x81, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
    expectRefused(0, [0xc3, 5, 31, 0, 97, 0xe0, 20, 0]);
    expectRefused(0, [0xc3, 5, 0x80, 0x7f, 0xff, 0xff, 0xff, 0, 97, 0xe0, 20, 0]);
    expectRefused(0, [0xc3, 3, 9, 0x20, 5, 0]);
    for (const first of [0x82, 0xbf, 0xc4, 0xff]) expectRefused(0, [first, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});

describe('lists', () => {
  const reads = (type: number, body: Bytes, elements: readonly string[], kind: string): void => {
    const engine = restored(type, body);
    expect(bulks(engine.run('LRANGE', 'k', 0, -1))).toEqual(elements);
    expect(encoding(engine)).toBe(kind);
  };

  test('of each type', () => {
    reads(1, [...length(2), ...text('a'), ...text('b')], ['a', 'b'], 'listpack');
    reads(10, text(ziplist(MIXED)), MIXED_TEXTS, 'listpack');
    reads(14, [2, ...text(ziplist(MIXED)), ...text(ziplist(['z']))], [...MIXED_TEXTS, 'z'], 'quicklist');
    reads(18, [1, 2, ...text(listpack(MIXED))], MIXED_TEXTS, 'listpack');
    const big = 'b'.repeat(9000);
    reads(18, [2, 2, ...text(listpack(['a', 1])), 1, ...text(big)], ['a', '1', big], 'quicklist');
  });

  test('empty nodes are passed over', () => {
    reads(18, [2, 2, ...text(listpack([])), 2, ...text(listpack(['a']))], ['a'], 'listpack');
    reads(14, [2, ...text(ziplist(['a'])), ...text(ziplist([]))], ['a'], 'listpack');
  });

  test('nodes larger than the limit are divided', () => {
    const elements = Array.from({ length: 3000 }, (_, i) => `element ${i}`);
    reads(18, [1, 2, ...text(listpack(elements))], elements, 'quicklist');
    reads(10, text(ziplist(elements)), elements, 'quicklist');
  });

  test('a single node at the limit stays in the record', () => {
    const filler = (size: number): string => 'x'.repeat(size - 7 - 5 - 2);
    reads(18, [1, 2, ...text(listpack([filler(8192)]))], [filler(8192)], 'listpack');
    reads(18, [1, 2, ...text(listpack([filler(8193)]))], [filler(8193)], 'quicklist');
  });

  test('elements kept in a form that is not ours are found', () => {
    const odd = oddListpack();
    const engine = restored(18, [1, 2, ...text(odd)]);
    expect(bulks(engine.run('LRANGE', 'k', 0, -1))).toEqual(['12', '12', '300', 'abc']);
    expect(engine.run('LREM', 'k', 0, '12')).toBe(':2\r\n');
    expect(engine.run('LREM', 'k', 0, '300')).toBe(':1\r\n');
    expect(engine.run('LREM', 'k', 0, 'abc')).toBe(':1\r\n');
  });

  test('refused: empty, cut, unknown nodes', () => {
    for (const type of [1, 14, 18]) {
      for (const body of [[], [0], [1], [3, 1, 97]]) expectRefused(type, body);
      expectRefused(type, [0x80, 0xff, 0xff, 0xff, 0xff, 1, 97]);
    }
    expectRefused(10, text(ziplist([])));
    expectRefused(18, [1, 2, ...text(listpack([]))]);
    expectRefused(18, [1, 3, ...text(listpack(['a']))]);
    expectRefused(18, [2, 2, ...text(listpack(['a'])), 0, ...text(listpack(['a']))]);
  });
});

/** '12' as text and as an integer too wide, 300 too wide, a short text with a long head. */
function oddListpack(): number[] {
  const entries = [listpackText('12'), [0xf3, 12, 0, 0, 0], [0xf4, ...littleEndian(300, 8)], [0xe0, 3, 97, 98, 99]];
  const body = entries.flatMap((entry) => [...entry, ...backlength(entry.length)]);
  return [...littleEndian(body.length + 7, 4), ...littleEndian(4, 2), ...body, 0xff];
}

describe('sets', () => {
  const reads = (type: number, body: Bytes, members: readonly string[], kind: string): void => {
    const engine = restored(type, body);
    expect(membersOf(engine).sort()).toEqual([...members].sort());
    expect(encoding(engine)).toBe(kind);
  };

  test('of each type', () => {
    reads(2, [2, ...text('a'), ...text('b')], ['a', 'b'], 'listpack');
    reads(2, [2, ...text('1'), 0xc0, 2], ['1', '2'], 'intset');
    reads(2, [2, ...text('a'), ...text(WIDE)], ['a', WIDE], 'hashtable');
    reads(
      2,
      [...length(600), ...Array.from({ length: 600 }, (_, i) => text(String(i))).flat()],
      range(600),
      'hashtable',
    );
    reads(11, text(intset([-5, 1, 70000], 4)), ['-5', '1', '70000'], 'intset');
    reads(11, text(intset([-(2n ** 63n), 0, 2n ** 53n, 2n ** 53n + 1n])), set64(), 'intset');
    reads(11, text(intset(range(600).map(Number), 2)), range(600), 'hashtable');
    reads(20, text(listpack(MIXED)), MIXED_TEXTS, 'listpack');
    reads(20, text(listpack(range(200).map(Number))), range(200), 'hashtable');
  });

  test('refused: empty, equal members, out of order', () => {
    for (const body of [[0], [2, 1, 97, 1, 97], [2, 0xc0, 1, 1, 49], [2, 1, 97]]) expectRefused(2, body);
    const plenty = range(600).flatMap((member) => text(member));
    expectRefused(2, [...length(601), ...plenty, ...text('5')]);
    for (const bad of [
      intset([]),
      intset([1, 1]),
      intset([2, 1]),
      intset([1], 3),
      intset([1]).slice(0, -1),
      [2, 0, 0],
    ]) {
      expectRefused(11, text(bad));
    }
    expectRefused(11, text(intset([2n ** 53n + 1n, 2n ** 53n])));
    expectRefused(20, text(listpack([])));
    expectRefused(20, text(listpack(['a', 'b', 'a'])));
    expectRefused(20, text(listpack([...range(30), 7].map(Number))));
  });

  test('an integer as text is the same member as the integer', () => {
    const entry = listpackText('12');
    const body = [12, 1, ...entry, ...backlength(entry.length)];
    expectRefused(20, text([...littleEndian(body.length + 7, 4), 2, 0, ...body, 0xff]));
  });
});

function range(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}

function set64(): string[] {
  return [-(2n ** 63n), 0n, 2n ** 53n, 2n ** 53n + 1n].map(String);
}

describe('sorted sets', () => {
  const reads = (type: number, body: Bytes, members: readonly string[], kind: string): void => {
    const engine = restored(type, body);
    expect(bulks(engine.run('ZRANGE', 'k', 0, -1, 'WITHSCORES'))).toEqual(members);
    expect(encoding(engine)).toBe(kind);
  };

  test('of each type', () => {
    const infinite = [...text('low'), 255, ...text('high'), 254, ...text('mid'), 3, ...Buffer.from('1.5')];
    reads(3, [3, ...infinite], ['low', '-inf', 'mid', '1.5', 'high', 'inf'], 'listpack');
    reads(5, [2, ...text('b'), ...double(2), ...text('a'), ...double(-0.5)], ['a', '-0.5', 'b', '2'], 'listpack');
    reads(5, [1, ...text(WIDE), ...double(7)], [WIDE, '7'], 'skiplist');
    reads(12, text(ziplist(['a', 1, 'b', '2.5', 3, 70000])), ['a', '1', 'b', '2.5', '3', '70000'], 'listpack');
    reads(17, text(listpack(['a', 1, 'b', '2.5', 3, 70000])), ['a', '1', 'b', '2.5', '3', '70000'], 'listpack');
    const many = range(200).flatMap((member) => [member, member]);
    reads(17, text(listpack(many.map(Number))), many, 'skiplist');
    reads(5, [...length(200), ...range(200).flatMap((i) => [...text(i), ...double(Number(i))])], many, 'skiplist');
  });

  test('out of order are put in order', () => {
    const ordered = ['b', '1', 'c', '1', 'a', '2'];
    reads(17, text(listpack(['a', 2, 'c', 1, 'b', 1])), ordered, 'listpack');
    reads(12, text(ziplist(['c', 1, 'b', 1, 'a', 2])), ordered, 'listpack');
  });

  test('members that are integers are ordered as text', () => {
    const members = ['10', '1', '9', '1', '9007199254740993', '1', 'a', '1'];
    reads(17, text(listpack([10, 1, 9, 1, 9007199254740993n, 1, 'a', 1])), members, 'listpack');
  });

  test('refused: empty, equal members, scores that are no numbers, half a pair', () => {
    expectRefused(3, [0]);
    expectRefused(3, [1, 1, 97, 253]);
    expectRefused(3, [1, 1, 97, 2, 49, 120]);
    expectRefused(3, [1, 1, 97]);
    expectRefused(5, [1, 1, 97, ...double(Number.NaN)]);
    expectRefused(5, [1, 1, 97, 0, 0, 0]);
    expectRefused(5, [2, ...text('a'), ...double(1), ...text('a'), ...double(2)]);
    for (const pairs of [[], ['a'], ['a', 'b'], ['a', 'nan'], ['a', 1, 'a', 2], ['a', 2, 'a', 1], ['a', 1, 'b', '']]) {
      expectRefused(17, text(listpack(pairs)));
      expectRefused(12, text(ziplist(pairs)));
    }
  });
});

describe('hashes', () => {
  const reads = (type: number, body: Bytes, pairs: readonly string[], kind: string): void => {
    const engine = restored(type, body);
    expect(byPairs(bulks(engine.run('HGETALL', 'k')))).toEqual(byPairs(pairs));
    expect(encoding(engine)).toBe(kind);
  };

  test('of each type', () => {
    reads(4, [2, ...text('f'), ...text('v'), 0xc0, 1, 0xc1, 0xff, 0xff], ['f', 'v', '1', '-1'], 'listpack');
    reads(4, [1, ...text('f'), ...text(WIDE)], ['f', WIDE], 'hashtable');
    const many = range(600).flatMap((field) => [field, `v${field}`]);
    reads(4, [...length(600), ...many.flatMap((word) => text(word))], many, 'hashtable');
    reads(
      9,
      text(
        zipmap(
          [
            ['f', 'v'],
            ['g', 'x'.repeat(60)],
          ],
          3,
        ),
      ),
      ['f', 'v', 'g', 'x'.repeat(60)],
      'listpack',
    );
    reads(9, text(zipmap([['f', 'y'.repeat(300)]])), ['f', 'y'.repeat(300)], 'hashtable');
    reads(13, text(ziplist(PAIRS)), PAIRS.map(String), 'listpack');
    reads(16, text(listpack(PAIRS)), PAIRS.map(String), 'listpack');
    reads(16, text(listpack(many)), many, 'hashtable');
  });

  test('with deadlines of fields', () => {
    const now = 1_700_000_000_000;
    const timed = (min: number, fields: readonly (readonly [number, string])[]): number[] => [
      ...littleEndian(min, 8),
      ...length(fields.length),
      ...fields.flatMap(([time, field]) => [...length(time), ...text(field), ...text(`${field}!`)]),
    ];
    const packed = (...triplets: Element[]): number[] => [...littleEndian(0, 8), ...text(listpack(triplets))];
    const times = (engine: TestEngine, ...fields: string[]): string =>
      engine.run('HPEXPIRETIME', 'k', 'FIELDS', fields.length, ...fields);
    const fields = [
      [1, 'a'],
      [0, 'b'],
      [500, 'c'],
    ] as const;
    for (const engine of [
      restored(24, timed(now + 1000, fields), 12),
      restored(25, packed('a', 'a!', now + 1000, 'c', 'c!', now + 1499, 'b', 'b!', 0), 12),
    ]) {
      expect(encoding(engine)).toBe('listpackex');
      expect(times(engine, 'a', 'b', 'c')).toBe(`*3\r\n:${now + 1000}\r\n:-1\r\n:${now + 1499}\r\n`);
      const dump = engine.run('DUMP', 'k');
      const payload = Buffer.from(dump.slice(dump.indexOf('\r\n') + 2, -2), 'latin1');
      expect(engine.run('RESTORE', 'k2', 0, payload)).toBe('+OK\r\n');
      expect(engine.run('HPEXPIRETIME', 'k2', 'FIELDS', 1, 'c')).toBe(`*1\r\n:${now + 1499}\r\n`);
      engine.now += 1200;
      expect(bulks(engine.run('HGETALL', 'k2')).sort()).toEqual(['b', 'b!', 'c', 'c!']);
    }
    const many = range(600).map((field, i) => [i, field] as const);
    const large = restored(24, timed(now + 1000, many), 12);
    expect(encoding(large)).toBe('hashtable');
    expect(times(large, '0', '599')).toBe(`*2\r\n:-1\r\n:${now + 1598}\r\n`);
    for (const bad of [timed(-5, [[1, 'a']]), timed(2 ** 48, [[1, 'a']]), timed(0, [[1, 'a']]), timed(now, [])]) {
      expectRefused(24, bad);
    }
    expectRefused(
      24,
      timed(now, [
        [1, 'a'],
        [2, 'a'],
      ]),
    );
    for (const bad of [packed(), packed('a', 'b'), packed('a', 'b', 'x'), packed('a', 'b', -1)]) expectRefused(25, bad);
    expectRefused(25, packed('a', 'b', 5, 'a', 'c', 6));
    expectRefused(25, packed('a', 'b', 2 ** 48));
  });

  test('refused: empty, equal fields, half a pair', () => {
    for (const body of [[0], [1, 1, 97], [2, 1, 97, 1, 98, 1, 97, 1, 99]]) expectRefused(4, body);
    for (const pairs of [[], ['a'], ['a', 'b', 'c'], ['a', 'b', 'a', 'c'], [...range(40), '2', 'x']]) {
      expectRefused(16, text(listpack(pairs)));
      expectRefused(13, text(ziplist(pairs)));
    }
    expectRefused(9, text(zipmap([])));
    expectRefused(
      9,
      text(
        zipmap([
          ['f', 'v'],
          ['f', 'w'],
        ]),
      ),
    );
    expectRefused(9, text([2, ...zipmap([['f', 'v']]).slice(1)]));
    expectRefused(9, text(zipmap([['f', 'v']]).slice(0, -1)));
    expectRefused(9, text([1, 1, 97, 1, 200, 98, 0xff]));
    expectRefused(9, text([1, 254, 255, 255, 255, 255, 0xff]));
  });
});

function byPairs(flat: readonly string[]): string[] {
  const pairs: string[] = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push(`${flat[i]}=${flat[i + 1]}`);
  return pairs.sort();
}

test('types that are not there are refused', () => {
  for (const type of [6, 7, 8, 15, 19, 21, 22, 23, 26, 99, 255]) expectRefused(type, [1, 1, 97, 1, 97]);
});
