import { expect, test } from 'vitest';
import { asSkipOption, readSkips, reasonFor, skipsThatHold, tagsToDeny } from './skips.ts';

test('a test that needs a command is left out until the server has it', () => {
  const skips = { apple: 'needs LPUSH, CLIENT TRACKING', pear: 'needs SORT_RO', plum: 'takes an hour' };
  const held = (...commands: string[]) => [...skipsThatHold(skips, new Set(commands)).keys()];
  expect(held()).toEqual(['apple', 'pear', 'plum']);
  expect(held('lpush', 'client', 'sort_ro')).toEqual(['apple', 'plum']);
  expect(held('lpush', 'client|tracking')).toEqual(['pear', 'plum']);
});

test('tags are denied with the commands they stand for', () => {
  expect(tagsToDeny(new Set(['get']))).toEqual(['needs:repl', 'needs:save']);
  expect(tagsToDeny(new Set(['replicaof', 'save']))).toEqual([]);
});

test('names and patterns reach the suite, and their reasons come back', () => {
  const skips = new Map([
    ['apple', 'A'],
    ['/^pear [0-9]+$/', 'P'],
  ]);
  expect([...skips.keys()].map(asSkipOption)).toEqual(['apple', '/^pear [0-9]+$']);
  expect(reasonFor('apple', skips)).toBe('A');
  expect(reasonFor('pear 12', skips)).toBe('P');
  expect(reasonFor('pear', skips)).toBeUndefined();
});

test('every reason in the list can be read', () => {
  for (const [file, entries] of Object.entries(readSkips())) {
    for (const [name, reason] of Object.entries(entries)) {
      expect(reason, `${file}: ${name}`).toMatch(
        /^(needs [A-Z_]+( [A-Z]+)?(, [A-Z_]+( [A-Z]+)?)*|(?!needs [A-Z]).{8,})$/,
      );
    }
  }
});
