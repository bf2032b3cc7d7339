import type { Args } from '../../protocol/args.ts';
import type { Family, Group, Row, Run } from '../commands/spec.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** A command as dispatch runs it: its row, made fast to look up, with its statistics. */
export class Command {
  readonly row: Row;
  readonly group: Group;
  readonly parent: Command | undefined;
  /** Lowercase, as statistics name it: `get`, `config|set`. */
  readonly fullName: string;
  /** Uppercase: what clients call it by; other than the row's name after `rename-command`. */
  calledName: string;
  readonly run: Run;
  readonly arity: number;
  readonly flags: number;
  readonly subcommands: CommandIndex | undefined;
  calls = 0;
  micros = 0;
  rejected = 0;
  failed = 0;
  /** Made at the first call: most commands are never called. */
  latency: LatencyHistogram | undefined = undefined;

  constructor(row: Row, group: Group, parent?: Command) {
    this.row = row;
    this.group = group;
    this.parent = parent;
    this.fullName = (parent === undefined ? row.name : `${parent.row.name}|${row.name}`).toLowerCase();
    this.calledName = row.name;
    this.run = row.run;
    this.arity = row.arity;
    this.flags = row.flags;
    this.subcommands =
      row.subcommands === undefined
        ? undefined
        : new CommandIndex(row.subcommands.map((sub) => new Command(sub, group, this)));
  }

  /** True when the command takes so many arguments, its name(s) among them. */
  accepts(count: number): boolean {
    return this.arity >= 0 ? count === this.arity : count >= -this.arity;
  }

  /** Adds calls, which took so long together, to the statistics. */
  account(calls: number, micros: number, tracked: boolean): void {
    this.calls += calls;
    this.micros += micros;
    if (!tracked) return;
    this.latency ??= new LatencyHistogram();
    this.latency.record(calls, micros / calls);
  }

  resetStatistics(): void {
    this.calls = 0;
    this.micros = 0;
    this.rejected = 0;
    this.failed = 0;
    this.latency = undefined;
    if (this.subcommands !== undefined) for (const sub of this.subcommands.all) sub.resetStatistics();
  }
}

const BUCKETS = 1024;
/** A name of at most so many bytes is told from others by three words. */
const LONGEST_SPELLED = 12;

/** Finds commands by name, whatever its case, without making a string. */
class CommandIndex {
  readonly all: Command[] = [];
  private readonly buckets: Command[][] = [];
  /** What was found last: pipelines repeat themselves. */
  private last: Command | undefined = undefined;

  constructor(commands: readonly Command[]) {
    for (let i = 0; i < BUCKETS; i++) this.buckets.push([]);
    for (const command of commands) this.add(command);
  }

  add(command: Command): void {
    const name = Buffer.from(command.calledName, 'latin1');
    if (this.find(name, 0, name.length) !== undefined)
      throw new Error(`the command ${command.row.name} is declared twice`);
    this.all.push(command);
    this.buckets[bucketOf(name, 0, name.length)].push(command);
  }

  /** Takes a command out; it can be called no more. */
  remove(command: Command): void {
    const name = Buffer.from(command.calledName, 'latin1');
    const bucket = this.buckets[bucketOf(name, 0, name.length)];
    bucket.splice(bucket.indexOf(command), 1);
    this.last = undefined;
    this.all.splice(this.all.indexOf(command), 1);
  }

  find(bytes: Uint8Array, start: number, end: number): Command | undefined {
    if (this.last !== undefined && isNamed(this.last, bytes, start, end)) return this.last;
    const bucket = this.buckets[bucketOf(bytes, start, end)];
    for (let i = 0; i < bucket.length; i++) {
      if (!isNamed(bucket[i], bytes, start, end)) continue;
      this.last = bucket[i];
      return this.last;
    }
    return undefined;
  }
}

/** Every command of an engine. */
export class CommandTable extends CommandIndex {
  /** Counts what may have given a name another meaning. */
  changes = 0;
  /** The command called last, and how its name was spelled: the length, the first, middle and last bytes. */
  private spelled: Command | undefined = undefined;
  private spelledLength = 0;
  private spelledHead = 0;
  private spelledMiddle = 0;
  private spelledTail = 0;

  constructor() {
    super([]);
  }

  addFamily(family: Family): void {
    this.spelledLength = 0;
    this.changes++;
    for (const row of family.rows) this.add(new Command(row, family.group));
  }

  /** The command of these arguments; a container itself when its subcommand is absent or unknown. */
  resolve(args: Args): Command | undefined {
    const command = this.named(args);
    if (command === undefined || command.subcommands === undefined || args.count < 2) return command;
    return command.subcommands.find(args.bytes, args.start[1], args.end[1]) ?? command;
  }

  /** The command that the first argument names. A pipeline repeats its names: the last one is known by its words. */
  private named(args: Args): Command | undefined {
    const { view } = args;
    const start = args.start[0];
    const end = args.end[0];
    const length = end - start;
    if (length < 3 || length > LONGEST_SPELLED) return this.find(args.bytes, start, end);
    const head =
      length > 3 ? view.getInt32(start, true) : (view.getUint16(start, true) << 8) | view.getUint8(start + 2);
    const middle = length > 8 ? view.getInt32(start + 4, true) : 0;
    const tail = length > 4 ? view.getInt32(end - 4, true) : 0;
    if (
      head === this.spelledHead &&
      tail === this.spelledTail &&
      middle === this.spelledMiddle &&
      length === this.spelledLength
    )
      return this.spelled;
    this.spelledLength = length;
    this.spelledHead = head;
    this.spelledMiddle = middle;
    this.spelledTail = tail;
    this.spelled = this.find(args.bytes, start, end);
    return this.spelled;
  }

  /** The command named `get` or `config|get`, whatever its case. */
  byName(name: string): Command | undefined {
    const [first, second] = Buffer.from(name, 'latin1').toString('latin1').split('|');
    const bytes = Buffer.from(first, 'latin1');
    const command = this.find(bytes, 0, bytes.length);
    if (second === undefined || command === undefined) return command;
    const sub = Buffer.from(second, 'latin1');
    return command.subcommands?.find(sub, 0, sub.length);
  }

  /** Lets a command be called by another name only, or not at all ('' ). Answers why it cannot be, in Redis's words. */
  rename(from: string, to: string): string | undefined {
    const command = this.byName(from);
    if (command === undefined || command.parent !== undefined) return 'No such command in rename-command';
    this.spelledLength = 0;
    this.changes++;
    this.remove(command);
    if (to === '') return undefined;
    if (this.byName(to) !== undefined) return 'Target command name already exists';
    command.calledName = to.toUpperCase();
    this.add(command);
    return undefined;
  }

  /** Commands and subcommands, each container before its own. */
  *everything(): Iterable<Command> {
    for (const command of this.all) {
      yield command;
      if (command.subcommands !== undefined) yield* command.subcommands.all;
    }
  }
}

function bucketOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  // Names are short; what is longer is no command.
  const stop = end - start > 32 ? start : end;
  for (let i = start; i < stop; i++) hash = (Math.imul(hash, 31) + (bytes[i] | 32)) | 0;
  return (hash ^ (hash >>> 10)) & (BUCKETS - 1);
}

function isNamed(command: Command, bytes: Uint8Array, start: number, end: number): boolean {
  const name = command.calledName;
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) {
    let byte = bytes[start + i];
    if (byte >= 97 && byte <= 122) byte &= ~32;
    if (byte !== name.charCodeAt(i)) return false;
  }
  return true;
}
