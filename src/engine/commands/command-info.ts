/** COMMAND INFO: a command's row and what derives from it, in Redis's words. */
import type { Reply } from '../../protocol/reply.ts';
import type { Command } from '../dispatch/command.ts';
import { ACL_CATEGORIES, aclCategoriesOf } from './acl-categories.ts';
import { legacyKeysOf } from './legacy-keys.ts';
import {
  ACCESS,
  ADMIN,
  ALLOW_BUSY,
  ASKING,
  BLOCKING,
  DELETE,
  DENYOOM,
  FAST,
  INCOMPLETE,
  INSERT,
  type KeySpec,
  LOADING,
  MOVABLE_KEYS,
  NO_ASYNC_LOADING,
  NO_AUTH,
  NO_MANDATORY_KEYS,
  NO_MULTI,
  NOSCRIPT,
  NOT_KEY,
  OW,
  PUBSUB,
  READONLY,
  RM,
  RO,
  RW,
  SKIP_MONITOR,
  SKIP_SLOWLOG,
  STALE,
  UPDATE,
  VARIABLE_FLAGS,
  WRITE,
} from './spec.ts';

type FlagNames = readonly (readonly [flag: number, name: string])[];

/** In the order in which Redis prints them. Flags that are not here are the server's own business. */
const FLAG_NAMES: FlagNames = [
  [WRITE, 'write'],
  [READONLY, 'readonly'],
  [DENYOOM, 'denyoom'],
  [ADMIN, 'admin'],
  [PUBSUB, 'pubsub'],
  [NOSCRIPT, 'noscript'],
  [BLOCKING, 'blocking'],
  [LOADING, 'loading'],
  [STALE, 'stale'],
  [SKIP_MONITOR, 'skip_monitor'],
  [SKIP_SLOWLOG, 'skip_slowlog'],
  [ASKING, 'asking'],
  [FAST, 'fast'],
  [NO_AUTH, 'no_auth'],
  [NO_MANDATORY_KEYS, 'no_mandatory_keys'],
  [NO_ASYNC_LOADING, 'no_async_loading'],
  [NO_MULTI, 'no_multi'],
  [MOVABLE_KEYS, 'movablekeys'],
  [ALLOW_BUSY, 'allow_busy'],
];

const KEY_FLAG_NAMES: FlagNames = [
  [RW, 'RW'],
  [RO, 'RO'],
  [OW, 'OW'],
  [RM, 'RM'],
  [ACCESS, 'access'],
  [UPDATE, 'update'],
  [INSERT, 'insert'],
  [DELETE, 'delete'],
  [NOT_KEY, 'not_key'],
  [INCOMPLETE, 'incomplete'],
  [VARIABLE_FLAGS, 'variable_flags'],
];

/** Replies with the ten elements of `command`, the last of which holds its subcommands in the same form. */
export function replyInfo(command: Command, reply: Reply): void {
  const { row, subcommands } = command;
  const legacy = legacyKeysOf(row.keys);
  reply.array(10);
  reply.text(command.fullName);
  reply.integer(command.arity);
  replyFlags(FLAG_NAMES, command.flags | (legacy.movable ? MOVABLE_KEYS : 0), reply);
  reply.integer(legacy.first);
  reply.integer(legacy.last);
  reply.integer(legacy.step);
  replyCategories(command, reply);
  const tips = row.tips ?? [];
  reply.set(tips.length);
  for (const tip of tips) reply.text(tip);
  reply.set(row.keys.length);
  for (const spec of row.keys) replyKeySpec(spec, reply);
  if (subcommands === undefined) return reply.set(0);
  reply.array(subcommands.all.length);
  for (const subcommand of subcommands.all) replyInfo(subcommand, reply);
}

/** What a call does with a key: a set of statuses. */
export function replyKeyFlags(flags: number, reply: Reply): void {
  replyFlags(KEY_FLAG_NAMES, flags, reply);
}

function replyFlags(names: FlagNames, flags: number, reply: Reply): void {
  const set = names.filter(([flag]) => (flags & flag) !== 0);
  reply.set(set.length);
  for (const [, name] of set) reply.status(name);
}

function replyCategories(command: Command, reply: Reply): void {
  const bits = aclCategoriesOf(command);
  const names = ACL_CATEGORIES.filter((_, i) => (bits & (1 << i)) !== 0);
  reply.set(names.length);
  for (const name of names) reply.status(`@${name}`);
}

function replyKeySpec({ notes, flags, begin, find }: KeySpec, reply: Reply): void {
  reply.map(notes === undefined ? 3 : 4);
  if (notes !== undefined) {
    reply.text('notes');
    reply.text(notes);
  }
  reply.text('flags');
  replyKeyFlags(flags, reply);
  reply.text('begin_search');
  if (begin === 'unknown') replySearch('unknown', {}, reply);
  else if ('index' in begin) replySearch('index', { index: begin.index }, reply);
  else replySearch('keyword', { keyword: begin.keyword, startfrom: begin.startFrom }, reply);
  reply.text('find_keys');
  if (find === 'unknown') replySearch('unknown', {}, reply);
  else if ('last' in find) {
    replySearch('range', { lastkey: find.last, keystep: find.step, limit: find.limit }, reply);
  } else replySearch('keynum', { keynumidx: find.keynum, firstkey: find.first, keystep: find.step }, reply);
}

function replySearch(type: string, spec: Readonly<Record<string, number | string>>, reply: Reply): void {
  const facts = Object.entries(spec);
  reply.map(2);
  reply.text('type');
  reply.text(type);
  reply.text('spec');
  reply.map(facts.length);
  for (const [name, value] of facts) {
    reply.text(name);
    if (typeof value === 'number') reply.integer(value);
    else reply.text(value);
  }
}
