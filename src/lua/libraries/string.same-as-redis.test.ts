import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, RedisPeer } from '../../engine/commands/redis-peer.testing.ts';
import { type Argument, type Call, differences, testLibraries } from './library-calls.testing.ts';

let peer: RedisPeer;
let redis: Connection;
beforeAll(async () => {
  peer = await RedisPeer.start();
  redis = await peer.connect();
});
afterAll(() => peer.stop());

const libraries = testLibraries();

async function expectSame(calls: readonly (readonly [string, ...Argument[]])[]): Promise<void> {
  const list: Call[] = calls.map(([name, ...args]) => ({ callee: `string.${name}`, args }));
  expect(await differences(redis, libraries, list)).toEqual([]);
}

const swap = { lua: 'function(a, b) return b, a end', run: (a: unknown, b: unknown) => [b, a] as never };
const nothing = { lua: 'function() end', run: () => [] };
const falsehood = { lua: 'function() return false end', run: () => false };

describe('string as in redis-server', () => {
  it('cuts, repeats and turns', () =>
    expectSame([
      ['byte', 'abc'],
      ['byte', 'abc', 0],
      ['byte', 'abc', -1],
      ['byte', 'abc', 2, 10],
      ['byte', 'abc', 10],
      ['byte', '\xff\0', 1, 2],
      ['byte', 'a'.repeat(7998), 1, -1],
      ['byte', 'a'.repeat(7997), 1, -1],
      ['byte'],
      ['char'],
      ['char', 65, '66', 67.9],
      ['char', 256],
      ['char', -1],
      ['char', 'x'],
      ['len', 12],
      ['len', { entries: [] }],
      ['lower', 'AbC\xc4Z[@'],
      ['upper', 'aBc\xe4z{`'],
      ['reverse', 'abc\0d'],
      ['rep', 'ab', 3],
      ['rep', 'ab', 0],
      ['rep', 'ab', -5],
      ['rep', '', 1e9],
      ['rep', 'ab', '2'],
      ['rep', 'ab'],
      ['rep', 1.5, 2.9],
      ['sub', 'hello', -3, -2],
      ['sub', 'hello', 0],
      ['sub', 'hello', 2 ** 40],
      ['sub', 'hello', -(2 ** 70), 2 ** 70],
      ['sub', 'hello', Number.NaN],
      ['sub', 'hello', 2, 1],
      ['sub', 'hello', 3],
      ['sub', 'hello', -100, 100],
      ['sub', 'hello'],
      ['sub', 'hello', 1, 'x'],
    ]));

  it('finds and matches', () =>
    expectSame([
      ['find', 'abc', 'b', undefined, true],
      ['find', 'hello', 'l', 10],
      ['find', 'hello', '', 10],
      ['find', 'hello', '', 6],
      ['find', 'hello', 'l', -2],
      ['find', 'hello', 'l', -200],
      ['find', 'hello', '(l)(.)'],
      ['find', 'hello', '()l()'],
      ['find', 'a.b', '.', 2, true],
      ['find', 'a\0b', '\0'],
      ['find', 'a\0b', '%z'],
      ['find', 'a\0b', '%Z*'],
      ['find', 'ab', 'a\0x'],
      ['find', 'a+b', 'a+\0x'],
      ['find', 'a', '%'],
      ['find', 'b', 'a%'],
      ['find', 'a', '[a'],
      ['find', 'a', '[]'],
      ['find', ']', '[]]'],
      ['find', '^', '[a^]'],
      ['find', 'b', '[^a]'],
      ['find', 'a', '[^'],
      ['find', 'a', '[%'],
      ['find', 'a', '[a-'],
      ['find', '-', '[a-]'],
      ['find', 'a]', '[x-%%]'],
      ['find', 'a', '(a'],
      ['find', 'a', 'a)'],
      ['find', 'a', '%a)'],
      ['find', 'a', '%1'],
      ['find', 'a', '(%1)'],
      ['find', 'aa', '(a)%1'],
      ['find', 'aa', '(a)%2'],
      ['find', 'aa', '()%1'],
      ['find', 'aa', '%0'],
      ['find', 'a', '%b'],
      ['find', 'a', '%bx'],
      ['find', 'a', '%f'],
      ['find', 'a', '%fa'],
      ['find', 'a', '%f[a'],
      ['find', 'THE (quick) fox', '%f[%a]%a+%f[%A]', 5],
      ['find', 'a', '('.repeat(33)],
      ['find', 'a', '()'.repeat(32)],
      ['find', 'a', '()'.repeat(33)],
      ['find', 'a$', 'a$$'],
      ['find', 'a$b', 'a$b'],
      ['find', 'aaa', '^a-$'],
      ['find', 'aaab', 'a-b'],
      ['find', '*a', '*a'],
      ['find', 'b+', '^+'],
      ['match', 'hello', 'h(.-)o'],
      ['match', 'key = value', '^(%w+)%s*=%s*(%w+)$'],
      ['match', 'f(a(b)c)d', '%b()'],
      ['match', 'f(a(b', '%b()'],
      ['match', 'xx', '%bxx'],
      ['match', '2024-01-02', '(%d+)-(%d+)-(%d+)'],
      ['match', 12345, '%d', 3],
      ['match', 'abc', '.-'],
      ['match', 'abc', '.-$'],
      ['match', 'aXb', '%u'],
      ['match', 'a'.repeat(1000), 'a?'.repeat(500)],
      ['match', 'abc'],
      ['match'],
      ['find', 'abc', 'b', 'x'],
    ]));

  it('replaces', () =>
    expectSame([
      ['gsub', 'hello world', 'o', '0', 1],
      ['gsub', 'hello', '', '-'],
      ['gsub', 'hello', 'l', '%0%0'],
      ['gsub', 'hello', '(l)(l)', '%2%1'],
      ['gsub', 'hello', 'l', '%1'],
      ['gsub', 'hello', 'l', '%2'],
      ['gsub', 'hello', 'l', '%'],
      ['gsub', 'hello', 'l', '%x%%'],
      ['gsub', 'hello', '()l', '%1'],
      [
        'gsub',
        'hello',
        '%w',
        {
          entries: [
            ['h', 'H'],
            ['e', false],
            ['l', 1],
          ],
        },
      ],
      ['gsub', 'hello', '()', { entries: [[2, 'x']] }],
      ['gsub', 'hello', '%w', { entries: [['h', []]] }],
      ['gsub', 'hello', '(h)(e)', swap],
      ['gsub', 'hello', '%w', nothing],
      ['gsub', 'hello', '%w', falsehood],
      ['gsub', 'hello', '(%w', nothing],
      ['gsub', 'hello', 'x*', '-', 3],
      ['gsub', 'hello', '^h', 'j', 0],
      ['gsub', 'hello', '^h', 'j', -1],
      ['gsub', 'hello', '^', 'j'],
      ['gsub', 'hello', 'l', 3],
      ['gsub', 'hello', 'l', 'x', 'y'],
      ['gsub', 'hello', 'l', true],
      ['gsub', 'hello', 'l', undefined],
      ['gsub', 'hello', 'l'],
      ['gsub', 'hello'],
      ['gsub', 'abc', '%w', '%0%0', 2],
      ['gsub', 'abc def', '%f[%w]%w+', '[%0]'],
      ['gsub', 'THE (quick) fox', '%((%w+)%)', '<%1>'],
      ['gsub', '  trim  ', '^%s*(.-)%s*$', '%1'],
    ]));

  it('formats', () =>
    expectSame([
      ['format', 1],
      ['format'],
      ['format', '%d'],
      ['format', '%d', 'a'],
      ['format', '%d', '0x10'],
      ['format', '%y', 1],
      ['format', '%', 1],
      ['format', '%\0', 1],
      ['format', '%a', 1],
      ['format', '%ld', 1],
      ['format', '%1$d', 1],
      ['format', '%------d', 1],
      ['format', '%123d', 1],
      ['format', '%5%', 1],
      ['format', '%s %s', 1, true],
      ['format', '%s', undefined],
      ['format', '%q', 'a"b\\c\n\r\0d'],
      ['format', '%5q', 1],
      ['format', '%s|', `${'x'.repeat(100)}\0z`],
      ['format', '%s|', `${'x'.repeat(98)}\0z`],
      ['format', '%50s|', 'x'.repeat(100)],
      ['format', '%.99s|', 'x'.repeat(120)],
      ['format', '%99.99f', -1e308],
      ['format', '%%%d%%', 5],
      ['format', 'a\0%sb\0', 'x'],
    ]));

  it('formats all numbers in all ways', async () => {
    const conversion = fc.constantFrom(...'cdiouxXeEfgG');
    const flags = fc.array(fc.constantFrom(...'-+ #0'), { maxLength: 3 }).map((list) => list.join(''));
    const width = fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 99 }).map(String));
    const precision = fc.oneof(
      fc.constant(''),
      fc.integer({ min: 0, max: 40 }).map((n) => `.${n}`),
      fc.constant('.'),
    );
    const item = fc.tuple(flags, width, precision, conversion).map((parts) => `%${parts.join('')}`);
    const dyadic = fc.tuple(fc.integer(), fc.integer({ min: -60, max: 60 })).map(([n, power]) => n * 2 ** power);
    const decimal = fc
      .tuple(fc.integer(), fc.integer({ min: -20, max: 20 }))
      .map(([n, power]) => Number(`${n}e${power}`));
    const number = fc.oneof(fc.integer(), fc.double(), dyadic, decimal);
    const call = fc.tuple(item, number).map(([format, value]) => ['format', format, value] as [string, string, number]);
    await fc.assert(fc.asyncProperty(fc.array(call, { minLength: 50, maxLength: 50 }), expectSame), { numRuns: 40 });
  });

  it('matches random patterns on random texts', async () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b',
        '.',
        '%a',
        '%d',
        '%s',
        '%W',
        '[ab]',
        '[^a]',
        '[%a-]',
        '[a-c1-]',
        '(',
        ')',
        '()',
        '%1',
        '%2',
        '%b()',
      ],
      ...[
        '%f[a]',
        '%f[^a]',
        '*',
        '+',
        '-',
        '?',
        '*',
        '+',
        '-',
        '?',
        '^',
        '$',
        '%',
        '[',
        ']',
        '%f',
        '%b',
        ' ',
        '1',
        '\0',
        '\xe4',
      ],
    );
    const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const text = fc.array(fc.constantFrom(...'aaabbc1 ()-\0\xe4'), { maxLength: 12 }).map((list) => list.join(''));
    const replacement = fc
      .array(fc.constantFrom('x', '%0', '%1', '%2', '%%', '%'), { maxLength: 4 })
      .map((l) => l.join(''));
    const start = fc.option(fc.integer({ min: -14, max: 14 }), { nil: undefined });
    const call = fc.oneof(
      fc.tuple(fc.constantFrom('find', 'match'), text, pattern, start),
      fc.tuple(fc.constant('gsub'), text, pattern, replacement, start),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 50, maxLength: 50 }), (calls) =>
        expectSame(calls as [string, ...Argument[]][]),
      ),
      { numRuns: 100 },
    );
  });
});
