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
  const list = calls.map(([name, ...args]) => ({ callee: `cjson.${name}`, args }));
  expect(await differences(redis, libraries, list)).toEqual([]);
}

const aFunction = { lua: 'tostring', run: () => [] };

/** Texts that are JSON or nearly. */
const TEXTS = [
  ...[
    '',
    ' ',
    '\0',
    '1\0x',
    '12\0x',
    '[1,',
    '[1 2]',
    '[',
    ']',
    '[]',
    '[ ]',
    '{}',
    '{ }',
    '{1}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
  ],
  ...['{"a":1 "b"}', '"abc', '"a\\x"', '"a\\u12"', '"a\\ud800"', '"\\udc00"', '"\\ud83d\\ude00"', '"\\ud83d\\u0041"'],
  ...[
    '{"a" "b\\x"',
    '1 2',
    'tru',
    'true',
    'false',
    'null',
    'nul',
    'nan',
    '-nan',
    'NaN',
    'inf',
    '-Infinity',
    '+5',
    '+x',
    '+',
  ],
  ...[
    '0x1F',
    '-0x1F',
    '-',
    '-x',
    '1.5.5',
    '1e',
    '1e5',
    '1E-2',
    '01',
    '-01',
    '.5',
    '-.5',
    '5.',
    '1e999',
    '-1e-999',
    '9007199254740993',
  ],
  ...[
    '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
    '"\\u0000\\u007f\\u0080\\u07ff\\u0800\\uffff"',
    '"\u00ff\u00fe"',
    '"a\0b"',
    '"\n"',
    "'a'",
  ],
  ...[
    '[1,[2,[3]],{"a":{"b":[]}}]',
    '{"a":1,"a":2}',
    '{"":1}',
    '[null,null]',
    '{"a":null}',
    '\t\n\r [1]\t\n\r ',
    '[1]x',
    '[1],',
    '\u000b1',
  ],
  ...[
    '[[1]',
    '{"a":[1}',
    '[1}',
    '{"a":1]',
    ':',
    ',',
    '[,]',
    '[1,,2]',
    '{,}',
    '{:1}',
    '{"a"::1}',
    'tRUE',
    'Infinity',
    'infinit',
    'nanx',
  ],
  ...[
    '12345678901234567890',
    '1.7976931348623157e308',
    '4.9e-324',
    '-0',
    '-0.0',
    '0',
    '0.1',
    '1e-7',
    '0b1',
    '1_0',
    '"\\u00E9\\u00e9"',
  ],
];

describe('cjson as in redis-server', () => {
  it('decodes texts, and says what is wrong with them', () => expectSame(TEXTS.map((text) => ['decode', text])));

  it('decodes without numbers that JSON does not have', async () => {
    await expectSame([['decode_invalid_numbers', false]]);
    await expectSame(TEXTS.map((text) => ['decode', text]));
    await expectSame([['decode_invalid_numbers', 'on']]);
  });

  it('limits depth', () =>
    expectSame([
      ['decode', '['.repeat(1000) + ']'.repeat(1000)],
      ['decode', '['.repeat(1001)],
      ['decode', '{"a":'.repeat(1001)],
      ['decode', '['.repeat(100_000)],
      ['decode_max_depth', 3],
      ['decode', '[[[]]]'],
      ['decode', '[[[[]]]]'],
      ['decode', '[[],[[]],{"a":[1]}]'],
      ['decode_max_depth', 1000],
      ['encode_max_depth', 2],
      ['encode', [[1]]],
      ['encode', [[[1]]]],
      ['encode', [[1], [[2]]]],
      ['encode_max_depth', 1000],
    ]));

  it('encodes', () =>
    expectSame([
      ['encode'],
      ['encode', 1, 2],
      ['encode', undefined],
      ['encode', null],
      ['encode', true],
      ['encode', aFunction],
      ['encode', []],
      ['encode', [1, 'a', [2, []]]],
      ['encode', [1, undefined, 3]],
      ['encode', { entries: [[2 ** 31, 1]] }],
      ['encode', { entries: [[2 ** 31 - 1, 1]] }],
      ['encode', { entries: [[10, 1]] }],
      ['encode', { entries: [[11, 1]] }],
      [
        'encode',
        {
          entries: [
            [1, 1],
            [20, 2],
          ],
        },
      ],
      ['encode', { entries: [[0, 1]] }],
      ['encode', { entries: [[-1, 1]] }],
      ['encode', { entries: [[1.5, 1]] }],
      ['encode', { entries: [[1e100, 1]] }],
      ['encode', { entries: [[true, 1]] }],
      ['encode', { entries: [['a', aFunction]] }],
      ['encode', { entries: [['a', { entries: [['b', { entries: [['c', null]] }]] }]] }],
      ['encode', 'a/b"\\\x7f\x01\xff\n\b\f\r\t\0'],
      ['encode', { entries: [['"/\0', 1]] }],
      ['encode', Number.NaN],
      ['encode', [Number.POSITIVE_INFINITY]],
      ['encode', { entries: [[Number.NEGATIVE_INFINITY, 1]] }],
    ]));

  it('is set up', () =>
    expectSame([
      ['encode_max_depth', 0],
      ['encode_max_depth', 1, 2],
      ['encode_max_depth', 'x'],
      ['encode_max_depth', true],
      ['encode_max_depth', 1e10],
      ['encode_max_depth', undefined],
      ['encode_max_depth', '1000'],
      ['decode_max_depth', -1],
      ['decode_max_depth'],
      ['encode_sparse_array', 1],
      ['encode_sparse_array', 'x'],
      ['encode_sparse_array', []],
      ['encode_sparse_array', true, 'x', 3],
      ['encode_sparse_array', true, -1, 3],
      ['encode_sparse_array', true, 2, 10],
      [
        'encode',
        {
          entries: [
            [1, 1],
            [20, 2],
          ],
        },
      ],
      ['encode_sparse_array', 'off', 0, 0],
      [
        'encode',
        {
          entries: [
            [1, 1],
            [20, 2],
          ],
        },
      ],
      ['encode_sparse_array', false, 1, 3],
      ['encode', { entries: [[4, 2]] }],
      ['encode', [1, 2, 3, 4]],
      ['encode_sparse_array', false, 2, 10],
      ['encode_sparse_array', 1, 2, 3, 4],
      ['encode_number_precision', 15],
      ['encode_number_precision', 3],
      ['encode', 1234.5678],
      ['encode', [1e10, 0.00001234, 1, 1000]],
      ['encode_number_precision', 14],
      ['encode_keep_buffer', 1],
      ['encode_keep_buffer', 'off'],
      ['encode_keep_buffer', true],
      ['encode_invalid_numbers', 'nul'],
      ['encode_invalid_numbers', 'null'],
      ['encode', [Number.NaN, Number.POSITIVE_INFINITY]],
      ['encode_invalid_numbers', 'on'],
      ['encode', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
      ['encode_invalid_numbers', false],
      ['encode_invalid_numbers'],
      ['decode_invalid_numbers'],
      ['decode_invalid_numbers', 'null'],
    ]));

  it('decodes what is nearly JSON', async () => {
    const json = fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text, 'utf8').toString('latin1'));
    const piece = fc.constantFrom(
      '"',
      '\\',
      '\\u00',
      ',',
      ':',
      '[',
      ']',
      '{',
      '}',
      '1',
      '-',
      'e',
      '\0',
      ' ',
      'nan',
      'true',
      '\xff',
    );
    const spoiled = fc.tuple(json, fc.nat(), fc.nat({ max: 3 }), piece).map(([text, at, cut, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + cut);
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(json, spoiled), { minLength: 50, maxLength: 50 }), (texts) =>
        expectSame(texts.map((text) => ['decode', text])),
      ),
      { numRuns: 60 },
    );
  });

  it('encodes numbers, strings and lists', async () => {
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const text = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
    const { value } = fc.letrec<{ value: Argument }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        number,
        text,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 5 }),
        // One entry: with more the order may be another.
        fc.tuple(text, tie('value')).map(([key, value]) => ({ entries: [[key, value] as const] })),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 50, maxLength: 50 }), (values) =>
        expectSame(values.map((value) => ['encode', value])),
      ),
      { numRuns: 60 },
    );
  });
});
