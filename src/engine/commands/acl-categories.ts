/**
 * ACL categories: which a command belongs to follows from its group, its flags and, where those say too little, the
 * categories its row names.
 *
 * - Flags: `write`; `read` unless it runs scripts, which may write; `admin` (and with it `dangerous`), `pubsub`, `blocking`,
 *   and exactly one of `fast` and `slow`.
 * - Group: the kind of data it is about, e.g. `string`. A row that names another kind belongs to that one instead (SORT is
 *   generic, its keys are lists, sets and sorted sets). A container's own row does nothing and is about nothing.
 */
import type { Command } from '../dispatch/command.ts';
import { ADMIN, BLOCKING, FAST, type Group, PUBSUB, READONLY, WRITE } from './spec.ts';

/** Every category in the order in which Redis lists them; a set of categories has bit `i` for the `i`th. */
export const ACL_CATEGORIES = [
  'keyspace',
  'read',
  'write',
  'set',
  'sortedset',
  'list',
  'hash',
  'string',
  'bitmap',
  'hyperloglog',
  'geo',
  'stream',
  'pubsub',
  'admin',
  'fast',
  'slow',
  'blocking',
  'dangerous',
  'connection',
  'transaction',
  'scripting',
] as const;

type Category = (typeof ACL_CATEGORIES)[number];

const GROUP_CATEGORY: Readonly<Partial<Record<Group, Category>>> = {
  generic: 'keyspace',
  string: 'string',
  bitmap: 'bitmap',
  hash: 'hash',
  list: 'list',
  set: 'set',
  'sorted-set': 'sortedset',
  hyperloglog: 'hyperloglog',
  geo: 'geo',
  stream: 'stream',
  connection: 'connection',
  transactions: 'transaction',
  scripting: 'scripting',
};

const KINDS = Object.values(GROUP_CATEGORY).reduce((bits, name) => bits | bit(name), 0);

/** The categories of `command` as a set of bits. Throws when its row names a category that does not exist. */
export function aclCategoriesOf(command: Command): number {
  const named = (command.row.acl ?? []).reduce((bits, name) => bits | aclCategory(name), 0);
  const kind = GROUP_CATEGORY[command.group];
  const isContainer = command.subcommands !== undefined;
  const implied = kind === undefined || isContainer || (named & KINDS) !== 0 ? 0 : bit(kind);
  return named | implied | categoriesOfFlags(command.flags, ((named | implied) & bit('scripting')) !== 0);
}

/** The bit of the category `name`, whatever its case; throws when there is none. */
function aclCategory(name: string): number {
  const found = findAclCategory(name);
  if (found === 0) throw new Error(`there is no ACL category '${name}'`);
  return found;
}

/** As `aclCategory`, but 0 when there is none. */
export function findAclCategory(name: string): number {
  const index = (ACL_CATEGORIES as readonly string[]).indexOf(name.toLowerCase());
  return index < 0 ? 0 : 1 << index;
}

function categoriesOfFlags(flags: number, isScripting: boolean): number {
  let bits = (flags & FAST) !== 0 ? bit('fast') : bit('slow');
  if ((flags & WRITE) !== 0) bits |= bit('write');
  if ((flags & READONLY) !== 0 && !isScripting) bits |= bit('read');
  if ((flags & ADMIN) !== 0) bits |= bit('admin') | bit('dangerous');
  if ((flags & PUBSUB) !== 0) bits |= bit('pubsub');
  if ((flags & BLOCKING) !== 0) bits |= bit('blocking');
  return bits;
}

function bit(name: Category): number {
  return 1 << ACL_CATEGORIES.indexOf(name);
}
