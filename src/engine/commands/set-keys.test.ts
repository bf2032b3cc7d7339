import { expect, test } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { setKeys } from './set-keys.ts';
import { ACCESS, type KeyPosition, OW, RW, UPDATE } from './spec.ts';

function flagsOf(...words: string[]): number {
  const keys: KeyPosition[] = [];
  expect(setKeys(Args.of(words.map((word) => Buffer.from(word))), keys)).toBe(true);
  expect(keys.map(({ index }) => index)).toEqual([1]);
  return keys[0].flags;
}

test('SET reads its key only with GET', () => {
  expect(flagsOf('SET', 'get', 'get')).toBe(OW | UPDATE);
  expect(flagsOf('SET', 'k', 'v', 'NX', 'EX', '1')).toBe(OW | UPDATE);
  expect(flagsOf('SET', 'k', 'v', 'NX', 'Get')).toBe(RW | ACCESS | UPDATE);
});
