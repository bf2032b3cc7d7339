import type { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';

/**
 * How a command is declared: one row with its name, function, arity, flags and keys. ACL categories, COMMAND INFO,
 * cluster routing and key extraction derive from the row, so each fact stands once.
 */

/** Runs a command. Args are borrowed: valid until it returns. */
export type Run = (call: Call, args: Args, reply: Reply) => void;

/** Command flags; the names COMMAND INFO prints are in `FLAG_NAMES`. */
export const WRITE = 1 << 0;
export const READONLY = 1 << 1;
/** May grow memory: refused when `maxmemory` is reached and nothing can be evicted. */
export const DENYOOM = 1 << 2;
export const ADMIN = 1 << 3;
export const PUBSUB = 1 << 4;
export const NOSCRIPT = 1 << 5;
export const BLOCKING = 1 << 6;
/** Allowed while the data set is loading. */
export const LOADING = 1 << 7;
/** Allowed on a replica whose data is stale. */
export const STALE = 1 << 8;
export const SKIP_MONITOR = 1 << 9;
export const SKIP_SLOWLOG = 1 << 10;
export const FAST = 1 << 11;
export const NO_AUTH = 1 << 12;
/** May leave the keyspace changed even when the reply is an error. */
export const MAY_REPLICATE = 1 << 13;
export const NO_MULTI = 1 << 14;
export const MOVABLE_KEYS = 1 << 15;
/** Allowed while a script is running too long. */
export const ALLOW_BUSY = 1 << 16;
export const NO_ASYNC_LOADING = 1 << 17;
export const NO_MANDATORY_KEYS = 1 << 18;
export const PROTECTED = 1 << 19;
export const ASKING = 1 << 20;
export const TOUCHES_ARBITRARY_KEYS = 1 << 21;
/**
 * As quick as FAST commands are, though Redis does not call it one, for most of its calls are: where one takes long, as for a
 * long reply, the command says so (`Call.tookLong`). COMMAND INFO does not tell.
 */
export const QUICK = 1 << 22;
/** Guards look at every call of it: it may have to wait for something. COMMAND INFO does not tell. */
export const MAY_WAIT = 1 << 23;
/** Not queued inside MULTI. COMMAND INFO does not tell. */
export const RUNS_AT_ONCE = 1 << 24;
/** EXEC: does what the queued commands do, and shows itself to MONITOR behind them. COMMAND INFO does not tell. */
export const RUNS_QUEUE = 1 << 25;
/** Runs a script: MONITOR shows it before what the script does, though it is marked as not shown. COMMAND INFO does not tell. */
export const RUNS_SCRIPT = 1 << 26;
/** Inside MULTI it takes no memory, for it gives up what is queued. COMMAND INFO does not tell. */
export const ENDS_TRANSACTION = 1 << 27;

/** Allowed to a RESP2 session that has subscribed to something. COMMAND INFO does not tell. */
export const WHILE_SUBSCRIBED = 1 << 28;

/** What a command does with a key (Redis's key specification flags). */
export const RW = 1 << 0;
export const RO = 1 << 1;
export const OW = 1 << 2;
export const RM = 1 << 3;
export const ACCESS = 1 << 4;
export const UPDATE = 1 << 5;
export const INSERT = 1 << 6;
export const DELETE = 1 << 7;
export const NOT_KEY = 1 << 8;
export const INCOMPLETE = 1 << 9;
export const VARIABLE_FLAGS = 1 << 10;

/** Where the keys of a command stand. */
export interface KeySpec {
  readonly flags: number;
  readonly notes?: string;
  /** The search begins at an argument's index, or after a keyword (searched from `startFrom`; negative: from the end). */
  readonly begin: { readonly index: number } | { readonly keyword: string; readonly startFrom: number } | 'unknown';
  /**
   * A range: from the beginning to `last` (relative to it; negative: from the last argument), every `step`th, of which
   * `limit` divides the range (0 and 1: no limit); or a number of keys standing at `keynum`, keys from `first` on.
   */
  readonly find:
    | { readonly last: number; readonly step: number; readonly limit: number }
    | { readonly keynum: number; readonly first: number; readonly step: number }
    | 'unknown';
}

/** One key, at argument `index`. */
export function key(index: number, flags: number, notes?: string): KeySpec[] {
  return [{ flags, begin: { index }, find: { last: 0, step: 1, limit: 0 }, ...(notes === undefined ? {} : { notes }) }];
}

/** Keys at `first`, `first + step`, … up to the last argument (`last` negative) or `last` (relative to the first). */
export function keys(first: number, last: number, step: number, flags: number): KeySpec[] {
  return [{ flags, begin: { index: first }, find: { last, step, limit: 0 } }];
}

export const NO_KEYS: KeySpec[] = [];

/** What few commands need to say beyond the row's five facts. */
export interface RowExtras {
  /** ACL categories beyond those that group and flags imply, e.g. `dangerous`. */
  readonly acl?: readonly string[];
  /** COMMAND INFO's tips. */
  readonly tips?: readonly string[];
  /** Finds the keys where the specifications cannot (SORT's STORE, numkeys variants). Appends argument indexes. */
  readonly getKeys?: (args: Args, out: KeyPosition[]) => boolean;
  /** The flags of one call, where its arguments decide (EVAL of a script that declares what it does). */
  readonly flagsOf?: (args: Args) => number;
  /** The subcommands of a container such as CONFIG. */
  readonly subcommands?: readonly Row[];
}

/** A key of a call: its argument index and the flags of its specification. */
export interface KeyPosition {
  index: number;
  flags: number;
}

/** One command's declaration. */
export interface Row extends RowExtras {
  /** Uppercase; a subcommand's own word only, e.g. `GET` under `CONFIG`. */
  readonly name: string;
  readonly run: Run;
  /** Argument count with the name(s); negative: at least that many. */
  readonly arity: number;
  readonly flags: number;
  readonly keys: readonly KeySpec[];
}

export function row(
  name: string,
  run: Run,
  arity: number,
  flags: number,
  keys: readonly KeySpec[] = NO_KEYS,
  extras: RowExtras = {},
): Row {
  return { name, run, arity, flags, keys, ...extras };
}

/** COMMAND DOCS' groups; most imply the ACL category of the same name. */
export type Group =
  | 'string'
  | 'bitmap'
  | 'generic'
  | 'connection'
  | 'server'
  | 'hash'
  | 'list'
  | 'set'
  | 'sorted-set'
  | 'hyperloglog'
  | 'geo'
  | 'stream'
  | 'pubsub'
  | 'scripting'
  | 'transactions'
  | 'cluster';

/** The commands of one family file. */
export interface Family {
  readonly group: Group;
  readonly rows: readonly Row[];
}

export function family(group: Group, rows: readonly Row[]): Family {
  return { group, rows };
}

/** A container command such as CONFIG, whose first argument names a subcommand. */
export function container(name: string, subcommands: readonly Row[], extras: { acl?: readonly string[] } = {}): Row {
  return { name, run: neverRuns, arity: -2, flags: 0, keys: NO_KEYS, subcommands, ...extras };
}

function neverRuns(): void {
  throw new Error('a container command was run without its subcommand');
}
