import { expect, test } from 'vitest';
import { Command } from '../dispatch/command.ts';
import { ACL_CATEGORIES, aclCategoriesOf, findAclCategory } from './acl-categories.ts';
import {
  ADMIN,
  BLOCKING,
  container,
  FAST,
  type Group,
  NO_KEYS,
  PUBSUB,
  READONLY,
  type Row,
  row,
  WRITE,
} from './spec.ts';

function categories(group: Group, declared: Row): string[] {
  const bits = aclCategoriesOf(new Command(declared, group));
  return ACL_CATEGORIES.filter((_, i) => (bits & (1 << i)) !== 0);
}

function command(flags: number, acl: readonly string[] = []): Row {
  return row('X', () => undefined, 1, flags, NO_KEYS, { acl });
}

test('group and flags', () => {
  expect(categories('string', command(READONLY | FAST))).toEqual(['read', 'string', 'fast']);
  expect(categories('generic', command(WRITE))).toEqual(['keyspace', 'write', 'slow']);
  expect(categories('sorted-set', command(WRITE | BLOCKING))).toEqual(['write', 'sortedset', 'slow', 'blocking']);
  expect(categories('pubsub', command(PUBSUB))).toEqual(['pubsub', 'slow']);
  expect(categories('server', command(ADMIN))).toEqual(['admin', 'slow', 'dangerous']);
});

test('a script that only reads is not said to read', () => {
  expect(categories('scripting', command(READONLY))).toEqual(['slow', 'scripting']);
});

test('categories a row names', () => {
  expect(categories('generic', command(READONLY, ['dangerous']))).toEqual(['keyspace', 'read', 'slow', 'dangerous']);
  expect(categories('server', command(READONLY, ['keyspace']))).toEqual(['keyspace', 'read', 'slow']);
  expect(categories('generic', command(WRITE, ['set', 'list']))).toEqual(['write', 'set', 'list', 'slow']);
  expect(() => categories('generic', command(0, ['nosuch']))).toThrow("there is no ACL category 'nosuch'");
});

test('a container is about nothing, its subcommands are', () => {
  const inner = command(READONLY);
  expect(categories('generic', container('C', [inner]))).toEqual(['slow']);
  expect(categories('generic', inner)).toEqual(['keyspace', 'read', 'slow']);
});

test('names in any case', () => {
  expect(findAclCategory('KeySpace')).toBe(1);
  expect(findAclCategory('constructor')).toBe(0);
});
