import type { Database } from '../keyspace/database.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { PubSub } from '../pubsub/pubsub.ts';
import type { Blocking } from './blocking.ts';
import type { Command, CommandTable } from './command.ts';
import type { Session } from './session.ts';
import type { Transactions } from './transaction.ts';

/** What a running command may reach. One object an engine, filled anew for every call: valid until the command returns. */
export class Call {
  readonly keyspace: Keyspace;
  readonly commands: CommandTable;
  readonly limits: Limits;
  /** The session's database. */
  database: Database;
  session: Session;
  command: Command;
  readonly transactions: Transactions;
  readonly blocking: Blocking;
  readonly pubsub: PubSub<Session>;
  /** False inside a unit of several commands (EXEC, a script): none of them may wait for anything. */
  mayBlock = true;
  /** There was no room below the memory limit when the outermost command began. */
  lacksMemory = false;
  /** Set by a quick command whose call is not: what it took is not shared with the calls behind it. */
  tookLong = false;
  /** Where the operator is told what a client is not. */
  readonly notices = noNotices();
  /** Room for the text of a number that a command stores; nothing outlives the call in it. */
  readonly scratch = newScratch();

  constructor(services: Services, limits: Limits, session: Session) {
    this.keyspace = services.keyspace;
    this.commands = services.commands;
    this.transactions = services.transactions;
    this.blocking = services.blocking;
    this.pubsub = services.pubsub;
    this.limits = limits;
    this.database = this.keyspace.databases[0];
    this.session = session;
    this.command = this.commands.all[0];
  }
}

/** What of an engine commands may use. */
export interface Services {
  readonly keyspace: Keyspace;
  readonly commands: CommandTable;
  readonly transactions: Transactions;
  readonly blocking: Blocking;
  readonly pubsub: PubSub<Session>;
}

/** The longest number printed is INCRBYFLOAT's: 4933 digits before the point and 17 behind it. */
const SCRATCH_BYTES = 8192;

function newScratch(): { readonly bytes: Buffer; readonly view: DataView } {
  const bytes = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Settings that commands obey; configuration writes them. */
export interface Limits {
  /** The longest string, in bytes (proto-max-bulk-len). */
  maxBulkBytes: number;
  /** lazyfree-lazy-user-flush: what FLUSHALL does when not told. */
  lazyFlush: boolean;
  /** rdbcompression: whether DUMP compresses long strings. */
  compressesDumps: boolean;
  /** False after DEBUG SET-SKIP-CHECKSUM-VALIDATION 1: RESTORE then takes payloads with a wrong checksum. */
  checksDumps: boolean;
}

/** The engine's messages to whoever operates it, by importance; the server writes them to its log. */
export interface Notices {
  debug: (text: string) => void;
  verbose: (text: string) => void;
  notice: (text: string) => void;
  warn: (text: string) => void;
}

function noNotices(): Notices {
  const ignore = (): void => {};
  return { debug: ignore, verbose: ignore, notice: ignore, warn: ignore };
}
