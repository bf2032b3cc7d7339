import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { Command } from '../dispatch/command.ts';
import { keysOf, takesKeys } from './command-keys.ts';
import {
  INCOMPLETE,
  type KeyPosition,
  type KeySpec,
  key,
  keys,
  NOT_KEY,
  OW,
  RO,
  type RowExtras,
  row,
  VARIABLE_FLAGS,
} from './spec.ts';

const UNKNOWN: KeySpec = { flags: RO, begin: 'unknown', find: 'unknown' };
/** As EVAL: a number of keys, then the keys. */
const COUNTED: KeySpec = { flags: RO, begin: { index: 2 }, find: { keynum: 0, first: 1, step: 1 } };
/** As XREAD: after a keyword as many keys as other arguments. */
const STREAMS: KeySpec = {
  flags: RO,
  begin: { keyword: 'STREAMS', startFrom: 1 },
  find: { last: -1, step: 1, limit: 2 },
};

function command(specs: readonly KeySpec[], extras: RowExtras = {}): Command {
  return new Command(
    row('X', () => undefined, -1, 0, specs, extras),
    'generic',
  );
}

function argsOf(words: readonly string[]): Args {
  return Args.of(words.map((word) => Buffer.from(word)));
}

function indexes(specs: readonly KeySpec[], ...words: string[]): number[] | undefined {
  return keysOf(command(specs), argsOf(['X', ...words]))?.map(({ index }) => index);
}

describe('ranges', () => {
  test('one key, every second key, keys in two places', () => {
    expect(indexes(key(1, RO), 'a', 'b')).toEqual([1]);
    expect(indexes(keys(1, -1, 2, OW), 'a', '1', 'b', '2')).toEqual([1, 3]);
    expect(indexes([...key(3, OW), ...keys(1, 1, 1, RO)], 'a', 'b', 'c')).toEqual([3, 1, 2]);
  });

  test('beyond the last argument there is no key', () => {
    expect(indexes(key(2, RO), 'a')).toBeUndefined();
    expect(indexes(keys(1, 1, 1, RO), 'a')).toBeUndefined();
    expect(indexes(keys(2, -1, 1, RO), 'a')).toBeUndefined();
  });

  test('channels and the like are no keys', () => {
    expect(indexes(key(1, NOT_KEY), 'a')).toEqual([]);
    expect(takesKeys(command(key(1, NOT_KEY)))).toBe(false);
    expect(takesKeys(command([]))).toBe(false);
    expect(takesKeys(command([...key(1, NOT_KEY), ...key(2, RO)]))).toBe(true);
  });
});

describe('a number of keys', () => {
  test('that the arguments have', () => {
    expect(indexes([COUNTED], 's', '2', 'a', 'b', 'c')).toEqual([3, 4]);
  });

  test.each(['0', '-1', '3', '9223372036854775807', '99999999999999999999', '1e3', '', 'a'])(
    'that they have not: %j',
    (count) => {
      expect(indexes([COUNTED], 's', count, 'a', 'b')).toBeUndefined();
    },
  );
});

describe('keywords', () => {
  test('forward: the first one counts, in any case', () => {
    expect(indexes([STREAMS], 'COUNT', '2', 'streams', 'a', 'streams', '0', '0')).toEqual([4, 5]);
    expect(indexes([STREAMS], 'COUNT', '2')).toEqual([]);
    expect(indexes([STREAMS], 'a', 'streams')).toEqual([]);
  });

  test('backward: the last one counts', () => {
    const spec: KeySpec = {
      flags: RO,
      begin: { keyword: 'KEYS', startFrom: -2 },
      find: { last: -1, step: 1, limit: 0 },
    };
    expect(indexes([spec], 'host', 'keys', 'KEYS', 'a', 'b')).toEqual([4, 5]);
    expect(indexes([spec], 'KEYS', 'a')).toEqual([]);
  });
});

describe("a row's own getKeys", () => {
  const own = (_: Args, out: KeyPosition[]): boolean => {
    out.push({ index: 7, flags: OW });
    return true;
  };

  test('answers where specifications cannot or only may', () => {
    const seven = [{ index: 7, flags: OW }];
    for (const specs of [[UNKNOWN], key(1, RO | INCOMPLETE), key(1, RO | VARIABLE_FLAGS)]) {
      expect(keysOf(command(specs, { getKeys: own }), argsOf(['X', 'a']))).toEqual(seven);
    }
    expect(keysOf(command(key(1, RO), { getKeys: own }), argsOf(['X', 'a']))).toEqual([{ index: 1, flags: RO }]);
  });

  test('may not know either', () => {
    expect(keysOf(command([UNKNOWN], { getKeys: () => false }), argsOf(['X', 'a']))).toBeUndefined();
  });
});

test('whatever the arguments, keys are arguments and there are no more of them than specifications × arguments', () => {
  const index = fc.integer({ min: 1, max: 4 });
  const spec = fc.record({
    flags: fc.constant(RO),
    begin: fc.oneof(
      fc.record({ index }),
      fc.record({ keyword: fc.constant('KEYS'), startFrom: fc.integer({ min: -3, max: 3 }) }),
    ),
    find: fc.oneof(
      fc.record({ last: fc.integer({ min: -3, max: 3 }), step: index, limit: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ keynum: fc.integer({ min: 0, max: 2 }), first: index, step: index }),
    ),
  });
  const word = fc.oneof(fc.constantFrom('keys', '1', '2', '-1', '4294967297', '9007199254740993'), fc.string());
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 3 }), fc.array(word, { maxLength: 8 }), (specs, words) => {
      const found = indexes(specs, ...words) ?? [];
      expect(found.every((at) => at >= 1 && at <= words.length)).toBe(true);
      expect(found.length).toBeLessThanOrEqual(specs.length * words.length);
    }),
    { numRuns: 2000 },
  );
});
