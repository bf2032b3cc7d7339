/** Every command of a redis-server as a row of ours, made from what it says of itself: what the derivations are tested on. */
import type { Connection } from '../../src/engine/commands/redis-peer.testing.ts';
import {
  ACCESS,
  ADMIN,
  ALLOW_BUSY,
  ASKING,
  BLOCKING,
  DELETE,
  DENYOOM,
  FAST,
  type Group,
  INCOMPLETE,
  INSERT,
  type KeySpec,
  LOADING,
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
  type Row,
  RW,
  SKIP_MONITOR,
  SKIP_SLOWLOG,
  STALE,
  UPDATE,
  VARIABLE_FLAGS,
  WRITE,
} from '../../src/engine/commands/spec.ts';
import type { DocumentedArgument } from './generated-calls.ts';
import { plain, readTree } from './resp-tree.ts';

/** Not `movablekeys`, which is derived. */
const FLAGS: Readonly<Record<string, number>> = {
  write: WRITE,
  readonly: READONLY,
  denyoom: DENYOOM,
  admin: ADMIN,
  pubsub: PUBSUB,
  noscript: NOSCRIPT,
  blocking: BLOCKING,
  loading: LOADING,
  stale: STALE,
  skip_monitor: SKIP_MONITOR,
  skip_slowlog: SKIP_SLOWLOG,
  asking: ASKING,
  fast: FAST,
  no_auth: NO_AUTH,
  no_mandatory_keys: NO_MANDATORY_KEYS,
  no_async_loading: NO_ASYNC_LOADING,
  no_multi: NO_MULTI,
  allow_busy: ALLOW_BUSY,
};

const KEY_FLAGS: Readonly<Record<string, number>> = {
  RW,
  RO,
  OW,
  RM,
  access: ACCESS,
  update: UPDATE,
  insert: INSERT,
  delete: DELETE,
  not_key: NOT_KEY,
  incomplete: INCOMPLETE,
  variable_flags: VARIABLE_FLAGS,
};

export interface RedisCommand {
  readonly group: Group;
  readonly row: Row;
}

export interface RedisDocs {
  readonly group: Group;
  readonly arguments: readonly DocumentedArgument[];
}

interface DocumentedCommand extends Partial<RedisDocs> {
  readonly group: Group;
  readonly subcommands?: unknown;
}

/** The docs of every command and subcommand by full name. `connection` speaks RESP3. */
export async function redisDocs(connection: Connection): Promise<Map<string, RedisDocs>> {
  const [reply] = await connection.ask([['COMMAND', 'DOCS']]);
  const found = new Map<string, RedisDocs>();
  const gather = (docs: unknown): void => {
    for (const [name, facts] of Object.entries(docs as Record<string, DocumentedCommand>)) {
      found.set(name, { group: facts.group, arguments: facts.arguments ?? [] });
      gather(facts.subcommands ?? {});
    }
  };
  gather(plain(readTree(reply)));
  return found;
}

/** `acl` names the categories of commands for which group and flags say too little, by full name. */
export async function redisCommands(
  connection: Connection,
  docs: Map<string, RedisDocs>,
  acl: Readonly<Record<string, readonly string[]>>,
): Promise<RedisCommand[]> {
  const [reply] = await connection.ask([['COMMAND', 'INFO']]);
  const infos: unknown = plain(readTree(reply));
  return (infos as RedisInfo[]).map((info) => {
    const row = rowOf(info, acl);
    return { row, group: docs.get(info[0])?.group ?? 'generic' };
  });
}

type RedisInfo = readonly [
  name: string,
  arity: number,
  flags: readonly string[],
  first: number,
  last: number,
  step: number,
  categories: readonly string[],
  tips: readonly string[],
  specs: readonly RedisKeySpec[],
  subcommands: readonly RedisInfo[],
];

function rowOf(info: RedisInfo, acl: Readonly<Record<string, readonly string[]>>): Row {
  const [fullName, arity, flags, , , , , tips, specs, subcommands] = info;
  const inner = subcommands.map((subcommand) => rowOf(subcommand, acl));
  const ownFlags = flags.filter((flag) => flag !== 'movablekeys');
  return {
    name: fullName.toUpperCase().replace(/^.*\|/, ''),
    run: () => undefined,
    arity,
    flags: bitsOf(FLAGS, ownFlags),
    keys: specs.map(keySpecOf),
    tips,
    acl: acl[fullName] ?? [],
    ...(inner.length === 0 ? {} : { subcommands: inner }),
  };
}

interface RedisKeySpec {
  readonly notes?: string;
  readonly flags: readonly string[];
  readonly begin_search: { readonly spec: { index?: number; keyword?: string; startfrom?: number } };
  readonly find_keys: {
    readonly spec: {
      readonly lastkey?: number;
      readonly keystep?: number;
      readonly limit?: number;
      readonly keynumidx?: number;
      readonly firstkey?: number;
    };
  };
}

function keySpecOf({ notes, flags, begin_search, find_keys }: RedisKeySpec): KeySpec {
  const { index, keyword, startfrom = 0 } = begin_search.spec;
  const { lastkey, keystep = 1, limit = 0, keynumidx, firstkey = 0 } = find_keys.spec;
  const begin = keyword !== undefined ? { keyword, startFrom: startfrom } : index !== undefined ? { index } : 'unknown';
  const counted = keynumidx === undefined ? 'unknown' : { keynum: keynumidx, first: firstkey, step: keystep };
  const find = lastkey === undefined ? counted : { last: lastkey, step: keystep, limit };
  return { flags: bitsOf(KEY_FLAGS, flags), begin, find, ...(notes === undefined ? {} : { notes }) };
}

function bitsOf(table: Readonly<Record<string, number>>, names: readonly string[]): number {
  return names.reduce((bits, name) => {
    if (table[name] === undefined) throw new Error(`no flag is called ${name}`);
    return bits | table[name];
  }, 0);
}
