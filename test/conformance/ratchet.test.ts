import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareWithRatchet, formatRatchet, growRatchet, type Ratchet, readRatchet } from './ratchet.ts';

const result = {
  passed: ['apple', 'pear', 'pear', 'plum'],
  failed: [{ name: 'pear', reason: 'the second of that name' }],
  skipped: [],
  broken: [],
};

test('a name passes when all its tests do', () => {
  expect(compareWithRatchet(['fig', 'pear', 'plum'], result)).toEqual({ lost: ['fig', 'pear'], gained: ['apple'] });
});

test('the list grows, sorted, and never loses a name', () => {
  const ratchet: Ratchet = { external: { fruit: ['fig', 'plum'] }, replace: {} };
  growRatchet(ratchet, 'external', 'fruit', result);
  growRatchet(ratchet, 'replace', 'fruit', result);
  expect(ratchet).toEqual({ external: { fruit: ['apple', 'fig', 'plum'] }, replace: { fruit: ['apple', 'plum'] } });
});

test('no file of the list is run twice', () => {
  const { external, replace } = readRatchet();
  expect(Object.keys(external).filter((file) => file in replace)).toEqual([]);
});

test('the list is written as it stands, formatted', () => {
  const text = readFileSync(new URL('./ratchet.json', import.meta.url), 'utf8');
  expect(formatRatchet(readRatchet())).toBe(text);
  expect(formatRatchet({ external: { b: ['z', 'y'], a: [] }, replace: {} })).toBe(
    '{\n  "external": {\n    "a": [],\n    "b": ["z", "y"]\n  },\n  "replace": {}\n}\n',
  );
});
