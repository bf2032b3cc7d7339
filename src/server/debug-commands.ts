/**
 * DEBUG: tools for tests of the server itself and of clients. Refused unless `enable-debug-command` allows it.
 *
 * Redis's own test suite sets the list; what Hotset has no use for but the suite calls on its way is accepted without
 * effect and says so in DEBUG HELP. JSHEAP is ours.
 */
import { globMatch } from '../bytes/glob.ts';
import { replyHelp } from '../engine/commands/help.ts';
import { ADMIN, type Family, family, LOADING, NOSCRIPT, PROTECTED, row, STALE } from '../engine/commands/spec.ts';
import type { Call } from '../engine/dispatch/call.ts';
import { NO_REF, type Ref } from '../engine/memory/arena.ts';
import type { Scripting } from '../engine/script/scripting.ts';
import { encodingOf, HASHTABLE, headerOf, SKIPLIST } from '../engine/values/encoding.ts';
import { memberTable } from '../engine/values/sorted-set-index.ts';
import type { Args } from '../protocol/args.ts';
import { ERR, wrongSubcommand } from '../protocol/errors.ts';
import type { OutputBuffer } from '../protocol/output-buffer.ts';
import type { Reply } from '../protocol/reply.ts';
import type { Config } from './config/config.ts';
import { type ConfigFile, rewriteConfig } from './config/rewrite.ts';
import { strerror } from './config/system-error.ts';
import type { Cron } from './cron.ts';
import { panic, segfault } from './debug/crash.ts';
import { datasetDigest, valueDigest } from './debug/digest.ts';
import { describeBytes, describeObject } from './debug/object-description.ts';
import { populate } from './debug/populate.ts';
import { replySample } from './debug/protocol-samples.ts';
import { reload } from './debug/reload.ts';
import { describeTable } from './debug/table-description.ts';
import type { Identity } from './identity.ts';
import { collectGarbage, heapUsedBytes } from './js-heap.ts';
import type { Log } from './observe/log.ts';

/** What DEBUG reaches of the server. */
export interface Debugged {
  readonly config: Config;
  readonly file: ConfigFile | undefined;
  readonly cron: Cron;
  readonly identity: Identity;
  readonly log: Log;
  readonly scripting: Scripting;
  /** Where replies are written. */
  readonly out: OutputBuffer;
}

type Action = (server: Debugged, call: Call, args: Args, reply: Reply) => void;

/** A subcommand: how many arguments it takes with `DEBUG` and its name, what it does. */
interface Tool {
  readonly min: number;
  readonly max: number;
  readonly run: Action;
}

function tool(min: number, run: Action, max: number = min): Tool {
  return { min, max, run };
}

const MANY = Number.POSITIVE_INFINITY;
const accepted = (_: Debugged, __: Call, ___: Args, reply: Reply): void => reply.ok();

const TOOLS = new Map<string, Tool>([
  ['help', tool(2, (_, __, ___, reply) => replyHelp(reply, 'DEBUG', HELP))],
  ['change-repl-id', tool(2, changeReplicationId)],
  ['config-rewrite-force-all', tool(2, rewriteEverything)],
  ['dict-resizing', tool(3, accepted)],
  ['digest', tool(2, (_, call, __, reply) => reply.status(datasetDigest(call.keyspace.databases)))],
  ['digest-value', tool(2, digestValues, MANY)],
  ['error', tool(3, (_, __, args, reply) => reply.error(args.text(2)))],
  ['htstats', tool(3, tableStatistics)],
  ['htstats-key', tool(3, tableStatisticsOfKey)],
  ['jsheap', tool(2, heap)],
  ['log', tool(3, log)],
  ['object', tool(3, object, 4)],
  ['panic', tool(2, (server) => panic(server.log))],
  ['pause-cron', tool(3, pauseCron)],
  ['populate', tool(3, (_, call, args, reply) => populate(call, args, reply), 5)],
  ['protocol', tool(3, (server, call, args, reply) => replySample(call.session, server.out, args, reply))],
  ['quicklist-packed-threshold', tool(3, packedThreshold)],
  ['reload', tool(2, reloadAll, MANY)],
  ['replybuffer', tool(4, replyBuffer)],
  ['sdslen', tool(3, bytesOfString)],
  ['segfault', tool(2, (server) => segfault(server.log))],
  ['set-active-expire', tool(3, setActiveExpire)],
  ['set-disable-deny-scripts', tool(3, allowAllInScripts)],
  ['set-skip-checksum-validation', tool(3, skipChecksums)],
  ['sleep', tool(3, sleep)],
  ['stringmatch-len', tool(4, matchGlob)],
]);

const HELP = [
  'CHANGE-REPL-ID',
  '    Give the data set a new replication id.',
  'CONFIG-REWRITE-FORCE-ALL',
  '    Write every option to the configuration file, default or not.',
  'DICT-RESIZING <0|1>',
  '    Accepted without effect.',
  'DIGEST',
  '    Fingerprint all data, as redis-server does.',
  'DIGEST-VALUE <key> [<key> ...]',
  '    Fingerprint some values.',
  'ERROR <text>',
  '    Reply with an error.',
  'HTSTATS <database>',
  '    Describe the hash table of a database.',
  'HTSTATS-KEY <key>',
  '    Describe the hash table of a value.',
  'JSHEAP',
  '    Collect garbage; reply with the bytes in use on the JavaScript heap.',
  'LOG <message>',
  '    Write a line to the log.',
  'OBJECT <key>',
  '    Describe how a value is kept.',
  'PANIC',
  '    End with an abort.',
  'PAUSE-CRON <0|1>',
  '    Stop periodic work, or go on with it.',
  'POPULATE <count> [<prefix>] [<size>]',
  '    Create string keys <prefix>:0, <prefix>:1, ... (default prefix: key).',
  'PROTOCOL <type>',
  '    Reply with a sample: string, integer, double, bignum, null, array, set, map, attrib, push, verbatim, true, false.',
  'QUICKLIST-PACKED-THRESHOLD <size>',
  '    Accepted without effect.',
  'RELOAD [NOFLUSH] [MERGE]',
  '    Write every value as a snapshot would and read it back.',
  'REPLYBUFFER (PEAK-RESET-TIME <milliseconds|never|reset> | RESIZING <0|1>)',
  '    Accepted without effect.',
  'SDSLEN <key>',
  '    Tell lengths and spare room of key and value.',
  'SEGFAULT',
  '    End with a segmentation fault.',
  'SET-ACTIVE-EXPIRE <0|1>',
  '    Remove expired keys only when they are noticed, or again at their deadline.',
  'SET-DISABLE-DENY-SCRIPTS <0|1>',
  '    Let scripts call commands that are not meant for them, or no more.',
  'SET-SKIP-CHECKSUM-VALIDATION <0|1>',
  '    Let RESTORE take payloads with a wrong checksum, or no more.',
  'SLEEP <seconds>',
  '    Do nothing for a while. Fractions are allowed.',
  'STRINGMATCH-LEN <pattern> <string>',
  '    Tell whether a glob matches.',
];

export function debugCommands(server: Debugged): Family {
  const flags = ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED;
  return family('server', [row('DEBUG', (call, args, reply) => debug(server, call, args, reply), -2, flags)]);
}

function debug(server: Debugged, call: Call, args: Args, reply: Reply): void {
  const found = TOOLS.get(args.text(1).toLowerCase());
  if (found === undefined || args.count < found.min || args.count > found.max) {
    return reply.error(wrongSubcommand(args.text(1), 'DEBUG'));
  }
  found.run(server, call, args, reply);
}

function changeReplicationId({ identity, log }: Debugged, _: Call, __: Args, reply: Reply): void {
  identity.renewReplicationId();
  log.notice(`Changing replication IDs after receiving change-repl-id: ${identity.replicationId}`);
  reply.ok();
}

function rewriteEverything({ file, config }: Debugged, _: Call, __: Args, reply: Reply): void {
  if (file === undefined) {
    return reply.error('ERR CONFIG-REWRITE-FORCE-ALL failed: the server is running without a config file');
  }
  try {
    rewriteConfig(file, config, { force: true });
    reply.ok();
  } catch (error) {
    reply.error(`ERR CONFIG-REWRITE-FORCE-ALL failed: ${strerror(error)}`);
  }
}

function digestValues(_: Debugged, call: Call, args: Args, reply: Reply): void {
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) reply.status(valueDigest(call.database, call.database.find(args, i)));
}

function tableStatistics(_: Debugged, call: Call, args: Args, reply: Reply): void {
  const index = args.integer(2);
  if (Number.isNaN(index)) return reply.error(ERR.notInteger);
  const database = call.keyspace.databases[index];
  if (database === undefined) return reply.error(ERR.databaseOutOfRange);
  const { arena, table, volatile } = database;
  const expires = `[Expires HT]\n number of elements: ${volatile.count}\n`;
  reply.verbatim(`${describeTable('Dictionary HT', arena, table)}${expires}`);
}

function tableStatisticsOfKey(_: Debugged, call: Call, args: Args, reply: Reply): void {
  const ref = keyOf(call, args, reply);
  if (ref === NO_REF) return;
  const { arena } = call.database;
  const encoding = encodingOf(arena, ref);
  if (encoding === HASHTABLE) reply.verbatim(describeTable('Dictionary HT', arena, headerOf(arena, ref)));
  else if (encoding !== SKIPLIST) reply.error(ERR.notHashTable);
  else reply.verbatim(describeTable('Dictionary HT', arena, memberTable(arena, headerOf(arena, ref))));
}

/** DEBUG RELOAD [NOSAVE] [NOFLUSH] [MERGE]: there is no file, so what is loaded is always what was just saved. */
function reloadAll({ scripting }: Debugged, call: Call, args: Args, reply: Reply): void {
  let keeps = false;
  let merges = false;
  for (let i = 2; i < args.count; i++) {
    if (args.is(i, 'nosave')) return reply.error(ERR.reloadFailed);
    if (args.is(i, 'noflush')) keeps = true;
    else if (args.is(i, 'merge')) merges = true;
    else return reply.error(ERR.reloadOption);
  }
  const { functions } = scripting;
  if (keeps && !merges && functions.libraries.size > 0) return reply.error(ERR.reloadFailed);
  // Their originals are about to be replaced.
  call.keyspace.copies.giveUpAll();
  const lost = reload(call.keyspace.databases, call.limits.compressesDumps);
  if (lost !== undefined) throw new Error(`DEBUG RELOAD lost the value of ${lost.toString('latin1')}`);
  const codes = [...functions.libraries.all].map(({ code }) => code);
  const problem = functions.restore(codes, 'flush');
  if (problem !== undefined) throw new Error(`DEBUG RELOAD lost a library: ${problem}`);
  reply.ok();
}

function allowAllInScripts({ scripting }: Debugged, _: Call, args: Args, reply: Reply): void {
  scripting.calls.mayCallAll = leadingNumber(args, 2) !== 0;
  reply.ok();
}

function skipChecksums(_: Debugged, call: Call, args: Args, reply: Reply): void {
  call.limits.checksDumps = leadingNumber(args, 2) === 0;
  reply.ok();
}

function heap(_: Debugged, __: Call, ___: Args, reply: Reply): void {
  collectGarbage();
  reply.integer(heapUsedBytes());
}

function log({ log }: Debugged, _: Call, args: Args, reply: Reply): void {
  log.warning(`DEBUG LOG: ${args.text(2)}`);
  reply.ok();
}

function object(_: Debugged, call: Call, args: Args, reply: Reply): void {
  const ref = keyOf(call, args, reply);
  if (ref !== NO_REF) reply.status(describeObject(call.database, ref, call.limits.compressesDumps));
}

function bytesOfString(_: Debugged, call: Call, args: Args, reply: Reply): void {
  const ref = keyOf(call, args, reply);
  if (ref === NO_REF) return;
  const text = describeBytes(call.database, ref);
  if (text === undefined) reply.error(ERR.notSds);
  else reply.status(text);
}

function pauseCron({ cron }: Debugged, _: Call, args: Args, reply: Reply): void {
  cron.paused = leadingNumber(args, 2) !== 0;
  reply.ok();
}

function packedThreshold(_: Debugged, __: Call, args: Args, reply: Reply): void {
  const match = /^(\d+)(b|kb?|mb?|gb?)?$/i.exec(args.text(2));
  if (match === null) reply.error(ERR.packedThreshold);
  else reply.ok();
}

function replyBuffer(_: Debugged, __: Call, args: Args, reply: Reply): void {
  if (args.is(2, 'peak-reset-time') || args.is(2, 'resizing')) reply.ok();
  else reply.error(wrongSubcommand(args.text(1), 'DEBUG'));
}

function setActiveExpire({ cron }: Debugged, call: Call, args: Args, reply: Reply): void {
  call.keyspace.activeExpire = leadingNumber(args, 2) !== 0;
  cron.arm();
  reply.ok();
}

/** The server is to stand still, as after a very slow command. */
function sleep(_: Debugged, __: Call, args: Args, reply: Reply): void {
  const millis = leadingNumber(args, 2) * 1000;
  if (millis > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis);
  reply.ok();
}

function matchGlob(_: Debugged, __: Call, args: Args, reply: Reply): void {
  const { bytes, start, end } = args;
  reply.integer(globMatch(bytes, start[2], end[2], bytes, start[3], end[3], false) ? 1 : 0);
}

/** The key of argument 2, or 0 after an error was replied. */
function keyOf(call: Call, args: Args, reply: Reply): Ref {
  const ref = call.database.find(args, 2);
  if (ref === NO_REF) reply.error(ERR.noSuchKey);
  return ref;
}

/** The number an argument begins with, 0 when it begins with none. */
function leadingNumber(args: Args, i: number): number {
  const value = Number.parseFloat(args.text(i));
  return Number.isNaN(value) ? 0 : value;
}
