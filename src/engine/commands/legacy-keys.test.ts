import { expect, test } from 'vitest';
import { legacyKeysOf } from './legacy-keys.ts';
import { INCOMPLETE, key, keys, OW, RO } from './spec.ts';

test('no specification, no keys', () => {
  expect(legacyKeysOf([])).toEqual({ first: 0, last: 0, step: 0, movable: false });
});

test('one range is told whole, whatever its step', () => {
  expect(legacyKeysOf(key(2, RO))).toEqual({ first: 2, last: 2, step: 1, movable: false });
  expect(legacyKeysOf(keys(1, -1, 2, OW))).toEqual({ first: 1, last: -1, step: 2, movable: false });
  expect(legacyKeysOf(keys(1, 1, 1, RO))).toEqual({ first: 1, last: 2, step: 1, movable: false });
  expect(legacyKeysOf(key(3, RO | INCOMPLETE))).toEqual({ first: 3, last: 3, step: 1, movable: true });
});

test('ranges in a row become one', () => {
  const bitop = [...key(2, OW), ...keys(3, -1, 1, RO)];
  expect(legacyKeysOf(bitop)).toEqual({ first: 2, last: -1, step: 1, movable: false });
});

test('what one range cannot tell makes the keys movable', () => {
  const apart = [...key(1, OW), ...key(3, RO)];
  expect(legacyKeysOf(apart)).toEqual({ first: 1, last: 1, step: 1, movable: true });
  const stepping = [...key(1, OW), ...keys(2, -1, 2, RO)];
  expect(legacyKeysOf(stepping)).toEqual({ first: 1, last: 1, step: 1, movable: true });
  const behindRest = [...keys(1, -1, 1, RO), ...key(2, OW)];
  expect(legacyKeysOf(behindRest)).toEqual({ first: 1, last: -1, step: 1, movable: true });
  const counted = [{ flags: RO, begin: { index: 1 }, find: { keynum: 0, first: 1, step: 1 } }];
  expect(legacyKeysOf(counted)).toEqual({ first: 0, last: 0, step: 0, movable: true });
});
