/**
 * redis.call: a command inside a script.
 *
 * The arguments are written into one scratch buffer that every call uses again, the command runs as any does, and its reply
 * becomes a Lua value directly (lua-reply.ts): a call makes no object beside the string it answers. The checks are Redis's,
 * in its order; no guard is asked, because what was allowed when the script began stays allowed.
 *
 * Commands run as a session of their own: SELECT inside a script does not concern the client that called it.
 */
import { formatDouble } from '../../bytes/double.ts';
import { writeInteger } from '../../bytes/integer.ts';
import type { Budget } from '../../lua/budget.ts';
import { LuaError } from '../../lua/error.ts';
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import { DENYOOM, MAY_REPLICATE, NOSCRIPT, WRITE } from '../commands/spec.ts';
import type { Command } from '../dispatch/command.ts';
import type { Dispatcher } from '../dispatch/dispatch.ts';
import { Session } from '../dispatch/session.ts';
import { ALREADY_COUNTED, LuaReply } from './lua-reply.ts';

const INITIAL_BYTES = 16 * 1024;
/** A larger buffer is given back when the script is over. */
const KEPT_BYTES = 1024 * 1024;
/** Arguments stand at 32-bit offsets. */
const LARGEST_BYTES = 2 ** 31 - 1;
/** The longest text of a number, with room to spare. */
const NUMBER_BYTES = 32;
/** Strings up to this are copied here, longer ones by the system. */
const SHORT_BYTES = 32;

/** What a command is worth in a script's steps, and each microsecond that it is known to have taken. */
const STEPS_OF_CALL = 20;
const STEPS_OF_MICRO = 50;

/** A name may be spelled in any case: so many are kept. */
const MOST_NAMES = 1000;

const NO_ARGUMENT = 'ERR Please specify at least one argument for this redis lib call';
const BAD_ARGUMENT = 'ERR Lua redis lib command arguments must be strings or integers';

export class RedisCalls {
  readonly reply = new LuaReply();
  readonly session = new Session(SCRIPT_SESSION_ID, this.reply);
  /** The running script has called a command that writes. */
  hasWritten = false;
  /** DEBUG SET-DISABLE-DENY-SCRIPTS: whether scripts may call what is not meant for them. */
  mayCallAll = false;
  /** The newest call was answered with an error. */
  hasFailed = false;
  private readonly dispatcher: Dispatcher;
  private readonly args = new Args(Buffer.allocUnsafeSlow(INITIAL_BYTES));
  private mayWrite = true;
  private mayGrow = true;
  private budget: Budget | undefined;
  /** Commands by the names that scripts have called them by; without subcommands, which the name alone does not tell. */
  private readonly named = new Map<LuaValue, Command>();
  /** What `changes` of the commands was when these were found. */
  private namedAt = 0;
  /** What stands at the beginning of the buffer: the name of a command, and a key. */
  private name: string | undefined;
  private key: string | undefined;
  private keyHash = 0;
  private isKeyHashed = false;

  constructor(dispatcher: Dispatcher) {
    this.dispatcher = dispatcher;
  }

  /**
   * A script begins, called by `caller`. `mayGrow`: whether commands that need memory may run though there was none when
   * the script began.
   */
  begin(caller: Session, budget: Budget, mayWrite: boolean, mayGrow: boolean): void {
    const { session } = this;
    session.caller = caller;
    session.database = caller.database;
    session.user = caller.user;
    session.noTouch = caller.noTouch;
    this.reply.protocol = 2;
    this.budget = budget;
    this.mayWrite = mayWrite;
    this.mayGrow = mayGrow;
    this.hasWritten = false;
    const { changes } = this.dispatcher.commands;
    if (changes !== this.namedAt) this.named.clear();
    this.namedAt = changes;
  }

  /** The script is over. */
  end(): void {
    this.session.caller = undefined;
    this.forget();
    if (this.args.bytes.length > KEPT_BYTES) this.attach(Buffer.allocUnsafeSlow(INITIAL_BYTES));
  }

  /** What stands in the buffer is nobody's any more. */
  private forget(): void {
    this.name = undefined;
    this.key = undefined;
  }

  /** Runs the command whose name and arguments are `values`; `hasFailed` tells whether it answered an error. */
  call(values: readonly LuaValue[]): LuaValue {
    const { args, dispatcher, reply, session } = this;
    const problem = this.fill(values);
    if (problem !== undefined) return this.fail(problem);
    const command = this.resolve(values[0]);
    const objection = this.object(command);
    if (objection !== undefined || command === undefined) return this.refuse(command, objection ?? '');
    if ((command.flags & WRITE) !== 0) this.hasWritten = true;
    reply.begin(this.budget?.limits.memoryBytes);
    const { lastMicros } = dispatcher;
    dispatcher.runInside(session, command, args);
    this.budget?.allocate(reply.madeBytes);
    this.budget?.spend(STEPS_OF_CALL + (dispatcher.lastMicros - lastMicros) * STEPS_OF_MICRO);
    this.hasFailed = reply.hasFailed;
    return reply.take();
  }

  /** Whether the caller may run a command; undefined when there is no such command. Throws what `call` would fail with. */
  mayRun(values: readonly LuaValue[]): boolean | undefined {
    const problem = this.fill(values);
    if (problem !== undefined) throw new LuaError(errorTable(problem));
    const command = this.resolve(values[0]);
    return command === undefined || this.lacksSubcommand(command) ? undefined : true;
  }

  /** Why a command must not run. */
  private object(command: Command | undefined): string | undefined {
    const { args } = this;
    if (command === undefined || this.lacksSubcommand(command)) return ERR.scriptUnknownCommand;
    if (!command.accepts(args.count)) return ERR.scriptArity;
    const { flags } = command;
    if ((flags & NOSCRIPT) !== 0 && !this.mayCallAll) return ERR.notFromScript;
    if (!this.mayWrite && (flags & (WRITE | MAY_REPLICATE)) !== 0) return ERR.scriptWrites;
    // What has begun to write must be able to finish.
    if (!this.mayGrow && !this.hasWritten && (flags & DENYOOM) !== 0) return ERR.oom;
    return undefined;
  }

  private lacksSubcommand(command: Command): boolean {
    return command.subcommands !== undefined && this.args.count > 1;
  }

  private refuse(command: Command | undefined, objection: string): LuaTable {
    if (command !== undefined && !this.lacksSubcommand(command)) command.rejected++;
    this.dispatcher.countError(objection);
    const table = this.fail(objection);
    table.setString(ALREADY_COUNTED, true);
    return table;
  }

  private fail(text: string): LuaTable {
    this.hasFailed = true;
    return errorTable(text);
  }

  /** The command of the arguments, the first of which is `name`. */
  private resolve(name: LuaValue): Command | undefined {
    return this.named.get(name) ?? this.find(name);
  }

  private find(name: LuaValue): Command | undefined {
    const command = this.dispatcher.commands.resolve(this.args);
    if (command !== undefined && command.parent === undefined && command.subcommands === undefined) {
      if (this.named.size === MOST_NAMES) this.named.clear();
      this.named.set(name, command);
    }
    return command;
  }

  /** Writes the arguments; answers what is wrong with them. */
  private fill(values: readonly LuaValue[]): string | undefined {
    const { args } = this;
    args.count = 0;
    args.hashed = -1;
    if (values.length === 0) return NO_ARGUMENT;
    let i = this.repeated(values);
    let at = i === 0 ? 0 : args.end[i - 1];
    for (; i < values.length; i++) {
      const value = values[i];
      const start = at;
      if (typeof value === 'string') at = this.write(value, at);
      else if (typeof value === 'number') at = this.writeNumber(value, at);
      else return BAD_ARGUMENT;
      args.push(start, at);
    }
    this.remember(values);
    return undefined;
  }

  private remember(values: readonly LuaValue[]): void {
    const [name, key] = values;
    if (this.name === undefined && typeof name === 'string') this.name = name;
    if (this.key !== undefined || typeof key !== 'string') return;
    this.key = key;
    this.isKeyHashed = false;
  }

  /**
   * Loops call the same command again and again, often with the same key: takes over the name and the key that stand in the
   * buffer already, with what is known of them. Returns how many arguments these are.
   */
  private repeated(values: readonly LuaValue[]): number {
    const { args } = this;
    const [name, key] = values;
    if (typeof name !== 'string' || name !== this.name) {
      this.forget();
      return 0;
    }
    const { length } = name;
    args.push(0, length);
    if (typeof key !== 'string' || key !== this.key) {
      this.key = undefined;
      return 1;
    }
    args.push(length, length + key.length);
    if (!this.isKeyHashed) {
      this.keyHash = this.dispatcher.keyspace.databases[0].hash(args, 1);
      this.isKeyHashed = true;
    }
    args.hash = this.keyHash;
    args.hashed = 1;
    return 2;
  }

  private write(text: string, at: number): number {
    const { length } = text;
    const { bytes } = this.reserve(at, length);
    if (length > SHORT_BYTES) bytes.write(text, at, 'latin1');
    else for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
    return at + length;
  }

  private writeNumber(value: number, at: number): number {
    if (!Number.isSafeInteger(value)) return this.write(formatDouble(value), at);
    return writeInteger(this.reserve(at, NUMBER_BYTES).bytes, at, value + 0);
  }

  private reserve(at: number, length: number): Args {
    const { args } = this;
    const needed = at + length;
    if (needed <= args.bytes.length) return args;
    if (needed > LARGEST_BYTES) throw new LuaError('not enough memory');
    const grown = Buffer.allocUnsafeSlow(Math.min(LARGEST_BYTES, Math.max(needed, args.bytes.length * 2)));
    args.bytes.copy(grown, 0, 0, at);
    this.attach(grown);
    return args;
  }

  private attach(bytes: Buffer): void {
    this.args.attach(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  }
}

/** No connection has this number. */
const SCRIPT_SESSION_ID = -1;

export function errorTable(text: string): LuaTable {
  const table = new LuaTable();
  table.setString('err', text);
  return table;
}
