import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Args } from './args.ts';

function argsOf(...words: string[]): Args {
  return Args.of(words.map((word) => Buffer.from(word, 'latin1')));
}

function textsOf(args: Args): string[] {
  return Array.from({ length: args.count }, (_, i) => args.text(i));
}

describe('args', () => {
  it('hold any number of arguments of any bytes', () => {
    const bytes = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 300, size: 'max' }), (words) => {
        const args = argsOf(...words);
        expect(textsOf(args)).toEqual(words);
        expect(words.map((_, i) => args.length(i))).toEqual(words.map((word) => word.length));
        expect(words.map((_, i) => args.copy(i).toString('latin1'))).toEqual(words);
      }),
      { numRuns: 50 },
    );
  });

  it('compare with a word whatever the case of ASCII letters, and only theirs', () => {
    const args = argsOf('MaTcH', 'match', 'matc', 'matchx', '', 'm\xe1tch', '[`{', 'count\0');
    expect(textsOf(args).map((_, i) => args.is(i, 'match'))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(args.is(4, '')).toBe(true);
    // [ and { differ by the bit that tells upper from lower case.
    expect(argsOf('[').is(0, '{')).toBe(false);
    expect(argsOf('@').is(0, '`')).toBe(false);
  });

  it('compare with each other', () => {
    const args = argsOf('key', 'key', 'kez', 'ke', '', '');
    expect([args.same(0, 1), args.same(0, 2), args.same(0, 3), args.same(4, 5), args.same(0, 4)]).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it('read integers that are safe, and all of 64 bits exactly', () => {
    const words = [
      '12',
      '-7',
      '9007199254740991',
      '9007199254740992',
      '-9223372036854775808',
      '9223372036854775808',
      '1.0',
      '',
    ];
    const args = argsOf(...words);
    expect(words.map((_, i) => args.integer(i))).toEqual([12, -7, 2 ** 53 - 1, ...new Array(5).fill(Number.NaN)]);
    expect(words.map((_, i) => args.int64(i))).toEqual([
      12n,
      -7n,
      2n ** 53n - 1n,
      2n ** 53n,
      -(2n ** 63n),
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('follow their bytes to another place', () => {
    const bytes = Buffer.from('....SETkey');
    const args = new Args(bytes);
    args.push(4, 7);
    args.push(7, 10);
    const moved = Buffer.from('SETkey');
    args.attach(moved, new DataView(moved.buffer, moved.byteOffset, moved.length));
    args.rebase(-4);
    bytes.fill(0);
    expect(textsOf(args)).toEqual(['SET', 'key']);
  });

  it('outlive their buffer once detached', () => {
    const bytes = Buffer.from('..GET..key');
    const args = new Args(bytes);
    args.push(2, 5);
    args.push(7, 10);
    args.push(10, 10);
    const own = args.detach();
    bytes.fill(0);
    expect(textsOf(own)).toEqual(['GET', 'key', '']);
    expect(own.view.getUint8(own.start[1])).toBe('k'.charCodeAt(0));
    expect(own.bytes.length).toBe(6);
  });

  it('are detached into the memory of others where that is enough', () => {
    const own = Args.of([Buffer.from('BLPOP'), Buffer.from('queue'), Buffer.from('0')]).detach();
    own.hashed = 1;
    const { bytes, start } = own;
    expect(Args.of([Buffer.from('GET'), Buffer.from('key')]).detach(own)).toBe(own);
    expect(textsOf(own)).toEqual(['GET', 'key']);
    expect([own.bytes, own.start, own.hashed]).toEqual([bytes, start, -1]);
    expect(own.bytes).toBe(bytes);
    const long = ['a', 'b', 'c', 'd', 'e'.repeat(300)];
    Args.of(long.map((text) => Buffer.from(text))).detach(own);
    expect(textsOf(own)).toEqual(long);
    expect(own.view.getUint8(own.start[4])).toBe('e'.charCodeAt(0));
  });
});
