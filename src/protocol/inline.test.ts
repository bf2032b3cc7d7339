import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Args } from './args.ts';
import { pushWords, quoteArgument, splitArguments } from './inline.ts';

function split(text: string): string[] | undefined {
  const line = Buffer.from(`"${text}"`, 'latin1');
  return splitArguments(line, 1, line.length - 1)?.map((word) => Buffer.from(word).toString('latin1'));
}

describe('splitting a line', () => {
  test.each<[string, string[]]>([
    ['', []],
    [' \t\v\f ', []],
    ['set k v', ['set', 'k', 'v']],
    ['  set\tk \r\n v ', ['set', 'k', 'v']],
    ['a\vb \vc', ['a\vb', 'c']],
    ['""', ['']],
    ["'' x", ['', 'x']],
    ['"a b" c', ['a b', 'c']],
    ['a"b c" d', ['ab c', 'd']],
    ["a'b\"c' d", ['ab"c', 'd']],
    [String.raw`"\n\r\t\b\a\\\"\q"`, ['\n\r\t\b\x07\\"q']],
    [String.raw`"\x00\xFF\xfe\xZZ\x4"`, ['\x00\xff\xfexZZx4']],
    [String.raw`'it\'s \n "x"'`, [String.raw`it's \n "x"`]],
    ['"a"\vb', ['a', 'b']],
    ['get k\0 "never closed', ['get', 'k']],
    ['\x80\xff', ['\x80\xff']],
  ])('%j', (text, words) => {
    expect(split(text)).toEqual(words);
  });

  test.each(['"', "'", '"a', "'a", '"a"b', "'a'b", '"a""b"', '"\\"', "'\\'", '"a\0b"', 'set """k""" v', '"\\'])(
    'unbalanced: %j',
    (text) => {
      expect(split(text)).toBeUndefined();
    },
  );

  test('words without quotes are views into the line', () => {
    const line = Buffer.from('set "key" value');
    const words = splitArguments(line);
    expect(words?.map((word) => word.buffer === line.buffer)).toEqual([true, false, true]);
  });

  test('any bytes survive being quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (words) => {
        expect(split(words.map(quoteArgument).join(' '))).toEqual(
          words.map((word) => Buffer.from(word).toString('latin1')),
        );
      }),
    );
  });

  test('quoting', () => {
    const bytes = Buffer.from('a b~\\"\n\r\t\x07\b\0\x1f\x7f\xe9', 'latin1');
    expect(quoteArgument(bytes)).toBe(String.raw`"a b~\\\"\n\r\t\a\b\x00\x1f\x7f\xe9"`);
    expect(quoteArgument(Buffer.alloc(0))).toBe('""');
  });

  test('hostile lines neither throw nor grow', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', "'", '\\', 'x', '4', ' ', '\0', 'n'), maxLength: 60 }),
        (text) => {
          const words = split(text);
          if (words !== undefined) expect(words.join('').length).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('words of a line without quotes', () => {
  const byte = fc.constantFrom(...Buffer.from('ab \t\v\f\r\n\0"\'\\\xff', 'latin1'));

  test('are those that splitting finds, where they stand', () => {
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 20 }), fc.nat(3), (text, before) => {
        const line = Buffer.from([...Array(before).fill(34), ...text, 34]);
        const end = line.length - 1;
        const args = new Args(line);
        const isRead = pushWords(line, before, end, args);
        const words = Array.from({ length: args.count }, (_, i) => args.text(i));
        if (isRead) {
          const split = splitArguments(line, before, end)?.map((word) => Buffer.from(word).toString('latin1'));
          expect(words).toEqual(split);
        } else {
          expect(words).toEqual([]);
          expect(text.some((each) => each === 34 || each === 39)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
