import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, RedisPeer } from '../../engine/commands/redis-peer.testing.ts';
import { type Argument, differences, testLibraries } from './library-calls.testing.ts';

let peer: RedisPeer;
let redis: Connection;
beforeAll(async () => {
  peer = await RedisPeer.start();
  redis = await peer.connect();
});
afterAll(() => peer.stop());

const libraries = testLibraries();

async function expectSame(calls: readonly (readonly [string, ...Argument[]])[]): Promise<void> {
  const list = calls.map(([name, ...args]) => ({ callee: `cmsgpack.${name}`, args }));
  expect(await differences(redis, libraries, list)).toEqual([]);
}

const aFunction = { lua: 'tostring', run: () => [] };

/** Tables in one another, `depth` of them. */
function nested(depth: number): Argument {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

const EDGES = [
  0,
  1,
  31,
  32,
  33,
  127,
  128,
  129,
  255,
  256,
  32767,
  32768,
  32769,
  65535,
  65536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 31 + 1,
].concat(
  [
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53,
    2 ** 62,
    2 ** 63 - 1024,
    2 ** 63,
    2 ** 64,
    0.5,
    0.1,
    1e300,
    3.4028234663852886e38,
    1e-45,
    -0,
  ],
  [Number.POSITIVE_INFINITY, Number.NaN],
);

describe('cmsgpack as in redis-server', () => {
  it('packs numbers', () =>
    expectSame(
      EDGES.flatMap(
        (n) =>
          [
            ['pack', n],
            ['pack', -n],
          ].slice(0, Number.isNaN(n) ? 1 : 2) as [string, number][],
      ),
    ));

  it('packs other values', () =>
    expectSame([
      ['pack'],
      ['pack', undefined],
      ['pack', null, true, false, aFunction],
      ['pack', 1, 'a', []],
      ...[0, 1, 31, 32, 255, 256, 65535, 65536].map((n): [string, string] => ['pack', 'x'.repeat(n)]),
      ...[0, 1, 15, 16, 17, 300].map((n): [string, number[]] => ['pack', Array.from({ length: n }, (_, i) => i)]),
      ['pack', [1, undefined, 3]],
      [
        'pack',
        {
          entries: [
            [1, 1],
            [2, 2],
            [4, 4],
          ],
        },
      ],
      ['pack', { entries: [[0, 1]] }],
      ['pack', { entries: [[1.5, 1]] }],
      ['pack', { entries: [['1', 1]] }],
      ['pack', { entries: [[2 ** 31, 1]] }],
      ['pack', { entries: [[true, aFunction]] }],
      ['pack', { entries: [['a', { entries: [['b', [1]]] }]] }],
      ...[15, 16, 17, 18].map((depth): [string, Argument] => ['pack', nested(depth)]),
    ]));

  it('unpacks', () =>
    expectSame([
      ['unpack'],
      ['unpack', undefined],
      ['unpack', ''],
      ['unpack', 12],
      ['unpack', '\x01\x02', 'extra'],
      ['unpack_one'],
      ['unpack_one', ''],
      ['unpack_one', '\x01\x02\x03'],
      ['unpack_one', '\x01\x02\x03', 2],
      ['unpack_one', '\x01\x02\x03', 3],
      ['unpack_one', '\x01\x02\x03', 4],
      ['unpack_one', '\x01\x02\x03', -1],
      ['unpack_one', '\x01', 'x'],
      ['unpack_limit', 'a'],
      ['unpack_limit', '\x01\x02\x03', -1],
      ['unpack_limit', '\x01\x02\x03', 1, 7],
      ['unpack_limit', '\x01\x02\x03', 0],
      ['unpack_limit', '\x01\x02\x03', 0, 1],
      ['unpack_limit', '\x01\x02\x03', 2],
      ['unpack_limit', '\x01\x02\x03', 9, 1],
      ['unpack_limit', 'a', 1, 2 ** 33],
      ['unpack', '\x81\xc0\x01'],
      ['unpack', '\x81\xca\xff\xc0\0\0\x01'],
      ['unpack', '\x92\xc0\x01'],
      ['unpack', '\x81\x01\xc0'],
      ['unpack', '\x82\x01\x02\x01\x03'],
      ['unpack', '\x01'.repeat(7999)],
      ['unpack', '\x01'.repeat(8000)],
      ['unpack_limit', '\x01'.repeat(8001), 8001],
      ['unpack_limit', '\x01'.repeat(8001), 7999],
      ['unpack', `${'\x91'.repeat(100)}\x01`],
      ['unpack', `${'\x91'.repeat(4000)}\x01`],
      ['unpack', `${'\x81\x01'.repeat(4000)}\x01`],
      ['unpack', `${'\x81'.repeat(7998)}\x01`],
      ['unpack', `${'\x81'.repeat(8000)}\x01`],
      ['unpack', '\xdd\xff\xff\xff\xff\x01'],
      ['unpack', '\xdf\xff\xff\xff\xff\x01'],
      ['unpack', '\xdb\xff\xff\xff\xff\x01'],
      ['unpack', '\xdb\0\0\0\x01'],
    ]));

  it('unpacks whatever begins with any byte', () => {
    const calls: [string, string][] = [];
    for (let byte = 0; byte < 256; byte++) {
      for (const rest of [
        '',
        '\0',
        '\x80',
        '\xff\xff\xff\xff\xff\xff\xff\xff',
        '\0\0\0\x01\x02\x03\x04\x05',
        '\x01\x02\x03\x04\x05\x06\x07\x08\x09',
      ]) {
        calls.push(['unpack', String.fromCharCode(byte) + rest], ['unpack_one', String.fromCharCode(byte) + rest]);
      }
    }
    return expectSame(calls);
  });

  it('unpacks random bytes', async () => {
    const byte = fc.oneof(
      fc.constantFrom(0x80, 0x81, 0x82, 0x91, 0x92, 0xa1, 0xc0, 0xcc, 0xd0, 0xd9, 0xdc, 0xde, 1),
      fc.nat({ max: 255 }),
    );
    const text = fc.array(byte, { maxLength: 12 }).map((bytes) => String.fromCharCode(...bytes));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 50, maxLength: 50 }), (texts) =>
        expectSame(texts.map((text) => ['unpack', text])),
      ),
      { numRuns: 100 },
    );
  });

  it('packs random values', async () => {
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.maxSafeInteger());
    const { value } = fc.letrec<{ value: Argument }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        number,
        fc.string(),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 20 }),
        // One entry: with more the order may be another.
        fc
          .tuple(fc.oneof(number, fc.string(), fc.boolean()), tie('value'))
          .map(([key, value]) => ({ entries: [[key, value] as const] })),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 50, maxLength: 50 }), (values) =>
        expectSame(values.map((value) => ['pack', value])),
      ),
      { numRuns: 40 },
    );
  });
});
