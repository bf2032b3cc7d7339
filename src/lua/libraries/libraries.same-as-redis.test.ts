/** The smaller libraries: table, math, bit, struct. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, RedisPeer } from '../../engine/commands/redis-peer.testing.ts';
import { LuaFunction, list } from '../function.ts';
import type { LuaValue } from '../value.ts';
import { type Argument, type Both, callToTheEnd, differences, testLibraries } from './library-calls.testing.ts';

let peer: RedisPeer;
let redis: Connection;
beforeAll(async () => {
  peer = await RedisPeer.start();
  redis = await peer.connect();
});
afterAll(() => peer.stop());

const libraries = testLibraries();

async function expectSame(library: string, calls: readonly (readonly [string | Both, ...Argument[]])[]): Promise<void> {
  const list = calls.map(([callee, ...args]) => ({
    callee: typeof callee === 'string' ? `${library}.${callee}` : callee,
    args,
  }));
  expect(await differences(redis, libraries, list)).toEqual([]);
}

function here(library: string, name: string, args: readonly LuaValue[]) {
  const f = libraries[library].getString(name);
  if (!(f instanceof LuaFunction)) throw new Error(`no function ${name}`);
  return callToTheEnd(f, args);
}

/** Calls a function of `table` and answers the table it was given and the results. */
function changing(name: string): Both {
  return {
    lua: `(function(t, ...) return t, table.${name}(t, ...) end)`,
    run: (table, ...rest) => [table, ...list(here('table', name, [table, ...rest]))],
  };
}

/** Sorts by a comparator, which is written in both languages. */
function sortedBy(lua: string, compare: (a: LuaValue, b: LuaValue) => boolean): Both {
  return {
    lua: `(function(t) table.sort(t, function(a, b) return ${lua} end) return t end)`,
    run: (table) => {
      here('table', 'sort', [table, new LuaFunction(compare)]);
      return table;
    },
  };
}

const NUMBERS = [
  ...[
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -3.7,
    8,
    1e15,
    2 ** 31,
    2 ** 31 - 1,
    -(2 ** 31),
    2 ** 32,
    2 ** 51 + 1,
    2 ** 52,
  ],
  ...[2 ** 53, 2 ** 60, 2 ** 63, 2 ** 64, 1e300, -1e300, 5e-324, 2.2250738585072014e-308],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
];
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(...NUMBERS));

describe('table as in redis-server', () => {
  it('joins, asks and walks', () =>
    expectSame('table', [
      ['concat', [1, 2.5, 'x'], ', '],
      ['concat', [1, [], 3]],
      ['concat', [1, undefined, 3], ',', 1, 3],
      ['concat', [1, 2, 3], ',', 2],
      ['concat', [1, 2, 3], ',', 2, 2],
      ['concat', [1, 2, 3], ',', 3, 2],
      ['concat', [1, 2], ',', 1, 2 ** 31],
      ['concat', [1, 2, 3], []],
      ['concat', 1, []],
      ['concat', []],
      ['concat', [], ',', 1, 1],
      ['setn', [], 1],
      ['setn'],
      ['getn', 'x'],
      ['getn', [1, 2]],
      [
        'maxn',
        {
          entries: [
            [1.5, 1],
            [3, 2],
            ['x', 1],
            [-1, 1],
          ],
        },
      ],
      ['maxn', []],
      ['foreach', [], 1],
      ['foreachi', [5], 1],
      ['foreach', [5, 6], { lua: 'function(k, v) return v end', run: (_, value) => value }],
      [
        'foreachi',
        [5, 6],
        { lua: 'function(k, v) if k == 2 then return v end end', run: (k, v) => (k === 2 ? v : []) },
      ],
      ['foreach', [5], { lua: 'function() end', run: () => [] }],
    ]));

  it('inserts and removes', () =>
    expectSame('table', [
      ['insert', []],
      ['insert', [], 1, 2, 3],
      ['insert', undefined, 1],
      ['insert', [], 'x', 1],
      [changing('insert'), [1, 2, 3], 4],
      [changing('insert'), [1, 2, 3], 1, 0],
      [changing('insert'), [1, 2, 3], 10, 5],
      [changing('insert'), [1, 2, 3], -1, 5],
      [changing('insert'), [1, 2, 3], 2, undefined],
      [changing('remove'), [1, 2, 3]],
      [changing('remove'), [1, 2, 3], 1],
      [changing('remove'), [1, 2, 3], 3],
      [changing('remove'), [1, 2, 3], 5],
      [changing('remove'), [1, 2, 3], 0],
      [changing('remove'), []],
      [changing('remove'), { entries: [[0, 1]] }, 0],
    ]));

  it('sorts', async () => {
    await expectSame('table', [
      ['sort', [3, 1, 'x']],
      ['sort', [[], []]],
      ['sort', [true, false]],
      ['sort', [1, 2], 5],
      ['sort'],
      [changing('sort'), [3, 1, 2]],
      [changing('sort'), ['b', 'a', 'B', '', '\xff']],
    ]);
    const orders = [
      sortedBy('a > b', (a, b) => (a as number) > (b as number)),
      // Orders that contradict themselves.
      sortedBy('a <= b', (a, b) => {
        if (a === undefined || b === undefined) throw new Error('compared with nil');
        return a <= b;
      }),
      sortedBy('true', () => true),
      sortedBy('false', () => false),
      sortedBy('(a or 0) % 3 < (b or 0) % 3', (a, b) => mod3(a) < mod3(b)),
      sortedBy('(a or 0) * (b or 0) % 7 < 3', (a, b) => (((a ?? 0) as number) * ((b ?? 0) as number)) % 7 < 3),
    ];
    const array = fc.array(fc.nat({ max: 20 }), { maxLength: 30 });
    const order = fc.constantFrom(orders[0], orders[2], orders[3], orders[4], orders[5]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(order, array), { minLength: 50, maxLength: 50 }), (calls) =>
        expectSame('table', calls),
      ),
      { numRuns: 40 },
    );
  });
});

function mod3(value: LuaValue): number {
  return ((value ?? 0) as number) % 3;
}

describe('math as in redis-server', () => {
  const EXACT = ['abs', 'ceil', 'floor', 'frexp', 'modf', 'sqrt', 'rad', 'deg'];
  const OF_TWO = ['fmod', 'mod', 'max', 'min'];

  it('computes exactly what can be computed exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(number, number), { minLength: 4, maxLength: 4 }), (pairs) =>
        expectSame(
          'math',
          pairs.flatMap(([a, b]) => [
            ...EXACT.map((name): [string, number] => [name, a]),
            ...OF_TWO.map((name): [string, number, number] => [name, a, b]),
            ['ldexp', a, Math.trunc(b % 2200)],
          ]),
        ),
      ),
      { numRuns: 60 },
    );
  });

  it('has the special values of the other functions', () =>
    expectSame(
      'math',
      [0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((a) => [
        ...['acos', 'asin', 'atan', 'cos', 'sin', 'exp', 'log', 'log10', 'tanh', 'sqrt'].map(
          (name): [string, number] => [name, Math.abs(a) === 1 && /sin|cos|exp|tanh/.test(name) ? 0 : a],
        ),
        ...[0, 1, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(
          (b): [string, number, number] => ['pow', a, b],
        ),
        ['ldexp', 1, a],
      ]),
    ));

  it('says what is wrong', () =>
    expectSame('math', [
      ['abs'],
      ['abs', 'x'],
      ['abs', '-0x10'],
      ['max'],
      ['max', 1, '3', 2],
      ['max', 1, 'x'],
      ['fmod', 1],
      ['ldexp', 1, 'x'],
      ['ldexp', 1, 2 ** 40],
      ['random', 0],
      ['random', 2, 1],
      ['random', 1, 2, 3],
      ['random', 'x'],
      ['randomseed'],
      ['randomseed', 'x'],
    ]));

  it('draws the same random numbers', async () => {
    const draws: [string, ...Argument[]][] = [];
    for (const seed of [0, 1, 42, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 40 + 5, 1.9]) {
      draws.push(['randomseed', seed], ['random'], ['random', 10], ['random', 1e6], ['random', -5, 5]);
      draws.push(['random', -(2 ** 31), 2 ** 31 - 1], ['random', 1.9], ['random', '3', 3], ['random']);
    }
    await expectSame('math', draws);
  });
});

describe('bit as in redis-server', () => {
  it('computes with any numbers', async () => {
    const names = ['band', 'bor', 'bxor', 'lshift', 'rshift', 'arshift', 'rol', 'ror', 'tohex'];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(number, number), { minLength: 5, maxLength: 5 }), (pairs) =>
        expectSame(
          'bit',
          pairs.flatMap(([a, b]) => [
            ...['tobit', 'bnot', 'bswap', 'tohex'].map((name): [string, number] => [name, a]),
            ...names.map((name): [string, number, number] => [name, a, b]),
          ]),
        ),
      ),
      { numRuns: 60 },
    );
  });

  it('says what is wrong', () =>
    expectSame('bit', [
      ['tobit'],
      ['tobit', '0xff'],
      ['tobit', 'zz'],
      ['tobit', []],
      ['band'],
      ['band', 7, undefined],
      ['band', 1, 2, 'x', []],
      ['bor', 1, 2, 4, 8],
      ['lshift', 1],
      ['tohex', 255, undefined],
      ['tohex', 255, -4],
      ['tohex', 255, 0],
      ['tohex', 255, -(2 ** 31)],
    ]));
});

describe('struct as in redis-server', () => {
  it('packs and unpacks examples', () =>
    expectSame('struct', [
      ['pack'],
      ['pack', 'i'],
      ['pack', 'i', undefined],
      ['pack', 'i3', 1],
      ['pack', 'i33', 1],
      ['pack', 'I2147483647', 1],
      ['pack', 'I2147483648', 1],
      ['pack', '!3i', 1],
      ['pack', '!16bd', 1, 2],
      ['pack', 'z', 1],
      ['pack', '=i', 1],
      ['pack', 'c5', 'abc'],
      ['pack', 'c0', 'abc'],
      ['pack', 'c2', 'abc'],
      ['pack', 'c', 'abc'],
      ['pack', 's', 'a\0b'],
      ['pack', 'i\0i', 1],
      ['pack', '>i12', -1],
      ['pack', '<i12', -1],
      ['pack', 'x b', 1],
      ['pack', '>f<d', 1.5, 2.5],
      ['unpack'],
      ['unpack', 'i'],
      ['unpack', 'c0', '12'],
      ['unpack', 'bc0', '\x03abcd'],
      ['unpack', 'bc0', '\xffabcd'],
      ['unpack', 'c1c0', '3abcd'],
      ['unpack', 's', 'abc'],
      ['unpack', 'ss', 'abc\0d\0'],
      ['unpack', '<i4', '\x01\x02\x03\x04', 0],
      ['unpack', '<i4', '\x01\x02\x03\x04', -5],
      ['unpack', '<i4', '\x01\x02\x03\x04', 2],
      ['unpack', '', 'abc', 7],
      ['unpack', '', 'abc', -1],
      ['unpack', ' ', 'abc', 7],
      ['unpack', ' ', 'abc', 4],
      ['unpack', 'b'.repeat(7997), 'a'.repeat(9000)],
      ['unpack', 'b'.repeat(7998), 'a'.repeat(9000)],
      ['unpack', 'c2147483647', 'a'],
      ['unpack', '>i12', '\xff\xff\xff\xff\0\0\0\0\0\0\0\x01'],
      ['unpack', '<i12', '\x02\0\0\0\0\0\0\0\xff\xff\xff\xff'],
      ['size', 's'],
      ['size', 'c0'],
      ['size', '<!8bi8'],
      ['size', 'z'],
      ['size', '!'],
      ['size', '!0'],
      ['size', '='],
      ['size', 'c2147483647c2147483647c2147483647'],
      ['size', '!16i32i32x!8d'],
      ['size', 'x!16i12d'],
      ['size', '!8xi12xi3xi5x'],
    ]));

  it('packs and unpacks by random formats', async () => {
    const option = fc.constantFrom(
      ...'bBhHlLTfdxiI><! ',
      'i1',
      'i2',
      'I8',
      'i3',
      'i16',
      '!1',
      '!2',
      '!4',
      '!8',
      '!16',
      'c1',
      'c0',
      's',
    );
    const format = fc.array(option, { maxLength: 8 }).map((options) => options.join(''));
    const data = fc.array(fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 1, 255)), { maxLength: 60 });
    const text = data.map((bytes) => String.fromCharCode(...bytes));
    const value = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.constantFrom(...NUMBERS.slice(0, -1)));
    const call = fc.oneof(
      fc.tuple(fc.constant('unpack'), format, text),
      fc.tuple(fc.constant('pack'), format, value, value, value, value, value, value, value, value),
      fc.tuple(fc.constant('size'), format),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 50, maxLength: 50 }), (calls) =>
        expectSame('struct', calls as [string, ...Argument[]][]),
      ),
      { numRuns: 60 },
    );
  });
});
