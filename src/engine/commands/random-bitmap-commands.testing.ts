/** Random commands on bitmaps, BITFIELD and LCS, valid and not, over a few keys; values that bring out what they do. */
import fc from 'fast-check';

/** The smallest proto-max-bulk-len that redis-server takes: limits are reached with little memory. */
export const MAX_BULK_BYTES = 1024 * 1024;
export const KEYS = ['k1', 'k2', 'k3', 'k4'];
/** Has a string that no batch changes. */
export const FULL = 'full';
/** Holds a list. */
export const LIST_KEY = 'list';

const words = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string[]> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)));
const number = (min: number, max: number) => fc.integer({ min, max }).map(String);
export const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
/** The word in upper, lower or mixed case. */
const word = (text: string) => fc.constantFrom(text, text.toLowerCase(), text[0] + text.slice(1).toLowerCase());

const key = fc.constantFrom(...KEYS);
const bytes = fc.uint8Array({ maxLength: 60, size: 'max' }).map((array) => Buffer.from(array).toString('latin1'));
const filled = fc.tuple(fc.constantFrom('\0', '\xff', 'a'), fc.nat(100)).map(([byte, count]) => byte.repeat(count));
export const value = weighted([3, bytes], [2, filled], [1, number(-1000, 1000)], [1, fc.constant('')]);

const INT64 = ['9223372036854775807', '-9223372036854775808', '9223372036854775806', '-9223372036854775807'];
export const EXTREMES = [...INT64, '9007199254740991', '9007199254740992', '-9007199254740991', '-9007199254740993'];
const NO_INTEGERS = ['', 'x', '1.5', '01', '+1', '-0', ' 1', '9223372036854775808', '-9223372036854775809', '1e3', '#'];
const noInteger = fc.constantFrom(...NO_INTEGERS);
const extreme = fc.constantFrom(...EXTREMES);

const LAST_BIT = MAX_BULK_BYTES * 8 - 1;
const badOffset = weighted(
  [2, noInteger],
  [1, fc.constantFrom('-1', '#1', String(LAST_BIT + 1), '4294967295', '4294967296', '##1', '#-1', '-#1')],
  [1, extreme],
);
const offset = weighted([40, number(0, 300)], [4, number(0, 30_000)], [1, fc.constant(String(LAST_BIT))]);
const bit = weighted([20, fc.constantFrom('0', '1')], [1, fc.constantFrom('2', '-1', '11', ...INT64)], [1, noInteger]);

export const setbit = words('SETBIT', key, weighted([15, offset], [1, badOffset]), bit);
export const getbit = words(
  'GETBIT',
  weighted([20, key], [1, fc.constant(LIST_KEY)]),
  weighted([9, offset], [1, badOffset]),
);

const limit = weighted([20, number(-90, 90)], [3, number(-700, 700)], [2, extreme]);
const unit = weighted([1, word('BYTE')], [2, word('BIT')]);
const badUnit = fc.constantFrom('', 'b', 'bits', 'bytes', 'by te', '0');
const anyLimit = weighted([6, limit], [1, noInteger]);
const anyUnit = weighted([4, unit], [1, badUnit]);
/** A command on a range: a known key with every mistake, or any key with a range that is sound. */
const ranged = (name: string, between: fc.Arbitrary<string[]>, badBetween: fc.Arbitrary<string[]>) => {
  const sound = weighted(
    [1, words()],
    [name === 'BITPOS' ? 2 : 0, words(limit)],
    [3, words(limit, limit)],
    [5, words(limit, limit, unit)],
  );
  const any = weighted(
    [1, words(anyLimit)],
    [2, words(anyLimit, anyLimit)],
    [4, words(anyLimit, anyLimit, anyUnit)],
    [1, words(anyLimit, anyLimit, anyUnit, anyUnit)],
  );
  const anywhere = weighted([20, key], [5, fc.constant(FULL)], [1, fc.constant(LIST_KEY)]);
  const good = fc.tuple(anywhere, between, sound).map(([where, middle, rest]) => [name, where, ...middle, ...rest]);
  const bad = fc.tuple(badBetween, any).map(([middle, rest]) => [name, FULL, ...middle, ...rest]);
  return weighted([4, good], [1, bad]);
};
export const bitcount = ranged('BITCOUNT', words(), words());
export const bitpos = ranged('BITPOS', words(fc.constantFrom('0', '1')), words(bit));

const source = weighted([20, key], [6, fc.constant(FULL)], [1, fc.constant(LIST_KEY)]);
const sources = fc.array(source, { minLength: 1, maxLength: 5 });
export const bitop = fc
  .tuple(
    weighted([9, fc.constantFrom('AND', 'OR', 'XOR').chain(word)], [1, fc.constantFrom('', 'NAND', 'AN', 'ANDY')]),
    key,
    sources,
  )
  .map(([name, destination, list]) => ['BITOP', name, destination, ...list]);
export const bitopNot = fc
  .tuple(word('NOT'), key, weighted([5, fc.tuple(source)], [1, sources]))
  .map(([name, destination, list]) => ['BITOP', name, destination, ...list]);

const type = weighted(
  [10, fc.tuple(fc.constantFrom('i', 'u'), fc.integer({ min: 1, max: 63 })).map(([sign, bits]) => `${sign}${bits}`)],
  [6, fc.constantFrom('i64', 'u63', 'i63', 'i52', 'u52', 'i53', 'u53', 'i54', 'u54', 'i32', 'u32', 'u31', 'i33')],
  [6, fc.constantFrom('i1', 'u1', 'i8', 'u8', 'i16', 'u16', 'i5', 'u5')],
);
const badType = fc.constantFrom(
  'u64',
  'i65',
  'u0',
  'i0',
  'i-1',
  'i',
  'u',
  '',
  'U8',
  'x8',
  'i08',
  'i8x',
  '8',
  `i${INT64[0]}`,
);
const fieldOffset = weighted([10, offset], [10, number(0, 40).map((n) => `#${n}`)]);
const badFieldOffset = fc.constantFrom('', '#', '#x', '#-1', '##1', '-1', 'x', String(LAST_BIT + 1), `#${INT64[0]}`);
const operand = weighted(
  [6, number(-300, 300)],
  [4, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String)],
  [
    4,
    fc
      .tuple(fc.nat(62), fc.integer({ min: -2, max: 2 }), fc.constantFrom(1n, -1n))
      .map(([e, d, s]) => String(s * 2n ** BigInt(e) + BigInt(d))),
  ],
  [3, extreme],
);
const get = words(word('GET'), type, fieldOffset);
const set = words(word('SET'), type, fieldOffset, operand);
const incrby = words(word('INCRBY'), type, fieldOffset, operand);
const overflow = words(word('OVERFLOW'), fc.constantFrom('WRAP', 'SAT', 'FAIL').chain(word));
const badOperation = weighted(
  [2, words(fc.constantFrom('GET', 'SET', 'INCRBY'), badType, fieldOffset, operand)],
  [2, words(fc.constantFrom('GET', 'SET', 'INCRBY'), type, badFieldOffset, operand)],
  [2, words(fc.constantFrom('SET', 'INCRBY'), type, fieldOffset, noInteger)],
  [1, words('OVERFLOW', fc.constantFrom('', 'wrapped', 'SA'))],
  [1, words(fc.constantFrom('GET', 'SET', 'INCRBY', 'OVERFLOW', 'GETS', ''))],
  [1, words(fc.constantFrom('GET', 'SET', 'INCRBY'), type)],
  [1, words(fc.constantFrom('SET', 'INCRBY'), type, fieldOffset)],
);
const operations = (choice: fc.Arbitrary<string[]>) => fc.array(choice, { maxLength: 6 }).map((list) => list.flat());
const fieldKey = weighted([20, key], [1, fc.constant(LIST_KEY)]);
export const bitfield = fc
  .tuple(
    fieldKey,
    weighted(
      [8, operations(weighted([2, get], [3, set], [4, incrby], [2, overflow]))],
      [2, operations(get)],
      [1, operations(weighted([3, get], [3, set], [1, badOperation]))],
    ),
  )
  .map(([where, rest]) => ['BITFIELD', where, ...rest]);
export const bitfieldReadOnly = fc
  .tuple(
    weighted([20, key], [5, fc.constant(FULL)], [1, fc.constant(LIST_KEY)]),
    weighted([8, operations(get)], [2, operations(weighted([3, get], [1, overflow], [1, set], [1, badOperation]))]),
  )
  .map(([where, rest]) => ['BITFIELD_RO', where, ...rest]);

const letters = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), maxLength, size: 'max' });
export const subsequenceValue = weighted(
  [3, letters('ab', 120)],
  [3, letters('acgt', 120)],
  [1, letters('abcdefgh \0\xff', 200)],
  [1, letters('acgt', 1200)],
);
export const writeSubsequence = fc.tuple(key, subsequenceValue).map(([where, text]) => ['SET', where, text]);
const lcsOption = weighted(
  [3, words(word('IDX'))],
  [2, words(word('LEN'))],
  [3, words(word('WITHMATCHLEN'))],
  [3, words(word('MINMATCHLEN'), number(-2, 6))],
  [1, words(word('MINMATCHLEN'), fc.oneof(extreme, noInteger))],
);
const badOption = words(fc.constantFrom('', 'MINMATCHLEN', 'LENGTH', 'ID'));
export const lcs = fc
  .tuple(source, source, fc.array(weighted([12, lcsOption], [1, badOption]), { maxLength: 3 }))
  .map(([a, b, options]) => ['LCS', a, b, ...options.flat()]);

const arity = fc
  .tuple(
    fc.constantFrom('SETBIT', 'GETBIT', 'BITCOUNT', 'BITPOS', 'BITOP', 'BITFIELD', 'BITFIELD_RO', 'LCS'),
    fc.nat(1),
  )
  .map(([name, count]) => [name, 'k1'].slice(0, 1 + count))
  .filter(([name, ...rest]) => rest.length === 0 || name !== 'BITCOUNT');

export const everything = weighted(
  [1, setbit],
  [1, getbit],
  [1, bitcount],
  [1, bitpos],
  [1, bitop],
  [1, bitopNot],
  [2, bitfield],
  [1, bitfieldReadOnly],
  [1, lcs],
  [1, arity],
);

export const initial = (each: fc.Arbitrary<string>) => fc.dictionary(fc.constantFrom(...KEYS), each);
export const write = fc
  .tuple(key, value, fc.boolean())
  .map(([where, text, expires]) => ['SET', where, text, ...(expires ? ['EX', '10000'] : [])]);
