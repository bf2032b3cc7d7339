/** FUNCTION, FCALL and FCALL_RO: functions that stay, in libraries. */
import { globMatch } from '../../bytes/glob.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, wrongSubcommand } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import { unknownFunctionOption, unknownListArgument } from '../../protocol/script-errors.ts';
import { helpRow } from '../commands/help.ts';
import {
  ACCESS,
  ALLOW_BUSY,
  container,
  DENYOOM,
  type Family,
  family,
  type KeySpec,
  MAY_REPLICATE,
  NO_KEYS,
  NO_MANDATORY_KEYS,
  NOSCRIPT,
  READONLY,
  RO,
  type Row,
  RUNS_SCRIPT,
  RW,
  row,
  SKIP_MONITOR,
  STALE,
  UPDATE,
  WRITE,
} from '../commands/spec.ts';
import type { Call } from '../dispatch/call.ts';
import { readFunctions, writeFunctions } from '../dump/functions-payload.ts';
import { isSound } from '../dump/payload.ts';
import { RdbOutput } from '../dump/rdb-output.ts';
import type { FunctionRegistry, RestorePolicy } from './function-registry.ts';
import type { Library, RegisteredFunction } from './libraries.ts';
import { callFlags, keyCountOf, keysBehindCount } from './script-arguments.ts';
import { SCRIPT_FLAGS } from './shebang.ts';

const RUN = NOSCRIPT | STALE | SKIP_MONITOR | NO_MANDATORY_KEYS | RUNS_SCRIPT;
const CHANGE = NOSCRIPT | WRITE;
const WRITES = 'We cannot tell how the keys will be used so we assume the worst, RW and UPDATE';
const READS = 'We cannot tell how the keys will be used so we assume the worst, RO and ACCESS';
const ON_ALL_SHARDS = { tips: ['request_policy:all_shards', 'response_policy:all_succeeded'] };
const ENGINE = 'LUA';

export function functionCommands(registry: FunctionRegistry): Family {
  return family('scripting', [
    fcallRow(registry, 'FCALL', RUN | MAY_REPLICATE, keysBehindCount(RW | ACCESS | UPDATE, WRITES)),
    fcallRow(registry, 'FCALL_RO', RUN | READONLY, keysBehindCount(RO | ACCESS, READS)),
    container('FUNCTION', [
      row('DELETE', (call, args, reply) => remove(registry, call, args, reply), 3, CHANGE, NO_KEYS, ON_ALL_SHARDS),
      row('DUMP', (call, _, reply) => dump(registry, call, reply), 2, NOSCRIPT),
      row('FLUSH', (call, args, reply) => flush(registry, call, args, reply), -2, CHANGE, NO_KEYS, ON_ALL_SHARDS),
      row('KILL', (_, __, reply) => kill(registry, reply), 2, NOSCRIPT | ALLOW_BUSY, NO_KEYS, {
        tips: ['request_policy:all_shards', 'response_policy:one_succeeded'],
      }),
      row('LIST', (_, args, reply) => list(registry, args, reply), -2, NOSCRIPT, NO_KEYS, {
        tips: ['nondeterministic_output_order'],
      }),
      row(
        'LOAD',
        (call, args, reply) => load(registry, call, args, reply),
        -3,
        CHANGE | DENYOOM,
        NO_KEYS,
        ON_ALL_SHARDS,
      ),
      row(
        'RESTORE',
        (call, args, reply) => restore(registry, call, args, reply),
        -3,
        CHANGE | DENYOOM,
        NO_KEYS,
        ON_ALL_SHARDS,
      ),
      row('STATS', (_, __, reply) => stats(registry, reply), 2, NOSCRIPT | ALLOW_BUSY, NO_KEYS, {
        tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
      }),
      helpRow('FUNCTION', HELP),
    ]),
  ]);
}

const HELP = [
  'LOAD [REPLACE] <FUNCTION CODE>',
  '    Create a new library with the given library name and code.',
  'DELETE <LIBRARY NAME>',
  '    Delete the given library.',
  'LIST [LIBRARYNAME PATTERN] [WITHCODE]',
  '    Return general information on all the libraries:',
  '    * Library name',
  '    * The engine used to run the Library',
  '    * Library description',
  '    * Functions list',
  '    * Library code (if WITHCODE is given)',
  '    It also possible to get only function that matches a pattern using LIBRARYNAME argument.',
  'STATS',
  '    Return information about the current function running:',
  '    * Function name',
  '    * Command used to run the function',
  '    * Duration in MS that the function is running',
  '    If no function is running, return nil',
  '    In addition, returns a list of available engines.',
  'KILL',
  '    Kill the current running function.',
  'FLUSH [ASYNC|SYNC]',
  '    Delete all the libraries.',
  '    When called without the optional mode argument, the behavior is determined by the',
  '    lazyfree-lazy-user-flush configuration directive. Valid modes are:',
  '    * ASYNC: Asynchronously flush the libraries.',
  '    * SYNC: Synchronously flush the libraries.',
  'DUMP',
  '    Return a serialized payload representing the current libraries, can be restored using FUNCTION RESTORE command',
  'RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]',
  '    Restore the libraries represented by the given payload, it is possible to give a restore policy to',
  '    control how to handle existing libraries (default APPEND):',
  '    * FLUSH: delete all existing libraries.',
  '    * APPEND: appends the restored libraries to the existing libraries. On collision, abort.',
  '    * REPLACE: appends the restored libraries to the existing libraries, On collision, replace the old',
  '      libraries with the new libraries (notice that even on this option there is a chance of failure',
  '      in case of functions name collision with another library).',
];

/** What the running command writes; nothing outlives it there. */
const output = new RdbOutput();

/** FCALL function numkeys [key ...] [arg ...] */
function fcallRow(registry: FunctionRegistry, name: string, flags: number, keys: KeySpec[]): Row {
  const readsOnly = (flags & READONLY) !== 0;
  const flagsOf = (args: Args): number => {
    const called = registry.libraries.function(args.text(1));
    return called === undefined ? flags : callFlags(flags, called.flags);
  };
  return row(name, run, -3, flags, keys, { flagsOf });

  function run(call: Call, args: Args, reply: Reply): void {
    const called = registry.libraries.function(args.text(1));
    if (called === undefined) return reply.error(ERR.functionNotFound);
    const keyCount = keyCountOf(args, ERR.badKeyCount);
    if (typeof keyCount === 'string') return reply.error(keyCount);
    registry.run(call, args, reply, called, keyCount, readsOnly);
  }
}

/** FUNCTION LOAD [REPLACE] code: the library's name. */
function load(registry: FunctionRegistry, call: Call, args: Args, reply: Reply): void {
  const last = args.count - 1;
  for (let i = 2; i < last; i++) if (!args.is(i, 'replace')) return reply.error(unknownFunctionOption(args.text(i)));
  const library = registry.load(args.text(last), last > 2);
  if (typeof library === 'string') return reply.error(library);
  call.keyspace.effects.dirty++;
  reply.text(library.name);
}

/** FUNCTION DELETE library */
function remove({ libraries }: FunctionRegistry, call: Call, args: Args, reply: Reply): void {
  const library = libraries.library(args.text(2));
  if (library === undefined) return reply.error(ERR.libraryNotFound);
  libraries.remove(library);
  call.keyspace.effects.dirty++;
  reply.ok();
}

/** FUNCTION LIST [LIBRARYNAME pattern] [WITHCODE] */
function list({ libraries }: FunctionRegistry, args: Args, reply: Reply): void {
  let pattern = 0;
  let withCode = false;
  for (let i = 2; i < args.count; i++) {
    if (!withCode && args.is(i, 'withcode')) withCode = true;
    else if (pattern === 0 && args.is(i, 'libraryname')) {
      if (i === args.count - 1) return reply.error(ERR.libraryNameMissing);
      pattern = ++i;
    } else return reply.error(unknownListArgument(args.text(i)));
  }
  const shown = [...libraries.all].filter(({ name }) => pattern === 0 || matches(args, pattern, name));
  reply.array(shown.length);
  for (const library of shown) replyLibrary(library, withCode, reply);
}

function matches({ bytes, start, end }: Args, pattern: number, name: string): boolean {
  const text = Buffer.from(name, 'latin1');
  return globMatch(bytes, start[pattern], end[pattern], text, 0, text.length, true);
}

function replyLibrary({ name, code, functions }: Library, withCode: boolean, reply: Reply): void {
  reply.map(withCode ? 4 : 3);
  reply.text('library_name');
  reply.text(name);
  reply.text('engine');
  reply.text(ENGINE);
  reply.text('functions');
  reply.array(functions.size);
  for (const registered of functions.values()) replyFunction(registered, reply);
  if (!withCode) return;
  reply.text('library_code');
  reply.latin1(code);
}

function replyFunction({ name, description, flags }: RegisteredFunction, reply: Reply): void {
  reply.map(3);
  reply.text('name');
  reply.text(name);
  reply.text('description');
  if (description === undefined) reply.null();
  else reply.latin1(description);
  const names = [...SCRIPT_FLAGS].filter(([, flag]) => (flags & flag) !== 0);
  reply.text('flags');
  reply.set(names.length);
  for (const [flag] of names) reply.status(flag);
}

/** FUNCTION STATS: what runs, and how many libraries and functions there are. */
function stats({ runner, libraries }: FunctionRegistry, reply: Reply): void {
  const { current } = runner;
  if (current !== undefined && !current.program.isFunction) return reply.error(ERR.busyScript);
  reply.map(2);
  reply.text('running_script');
  if (current === undefined) reply.null();
  else {
    const { program, args, millis } = current;
    reply.map(3);
    reply.text('name');
    reply.text(program.name);
    reply.text('command');
    reply.array(args.count);
    for (let i = 0; i < args.count; i++) reply.bulk(args.bytes, args.view, args.start[i], args.end[i]);
    reply.text('duration_ms');
    reply.integer(millis);
  }
  reply.text('engines');
  reply.map(1);
  reply.text(ENGINE);
  reply.map(2);
  reply.text('libraries_count');
  reply.integer(libraries.size);
  reply.text('functions_count');
  reply.integer(libraries.functionCount);
}

function kill({ runner }: FunctionRegistry, reply: Reply): void {
  const refusal = runner.kill(true);
  if (refusal === undefined) reply.ok();
  else reply.error(refusal);
}

/** FUNCTION FLUSH [ASYNC | SYNC]. There is nothing to free, so both are the same. */
function flush(registry: FunctionRegistry, call: Call, args: Args, reply: Reply): void {
  if (args.count > 3) return reply.error(wrongSubcommand(args.text(1), 'function'));
  if (args.count === 3 && !args.is(2, 'sync') && !args.is(2, 'async')) return reply.error(ERR.functionFlushOption);
  registry.flush();
  call.keyspace.effects.dirty++;
  reply.ok();
}

/** All libraries as bytes that FUNCTION RESTORE takes. */
function dump({ libraries }: FunctionRegistry, { limits }: Call, reply: Reply): void {
  output.compresses = limits.compressesDumps;
  writeFunctions(
    output,
    [...libraries.all].map(({ code }) => code),
  );
  if (output.overflowed) reply.error(ERR.dumpTooLong);
  else reply.bulk(output.bytes, output.view, 0, output.at);
}

/** FUNCTION RESTORE payload [FLUSH | APPEND | REPLACE] */
function restore(registry: FunctionRegistry, call: Call, args: Args, reply: Reply): void {
  if (args.count > 4) return reply.error(wrongSubcommand(args.text(1), 'function'));
  const policy = args.count === 4 ? policyOf(args, 3) : 'append';
  if (policy === undefined) return reply.error(ERR.restorePolicy);
  const { bytes, view, start, end } = args;
  if (!isSound(bytes, view, start[2], end[2], call.limits.checksDumps)) return reply.error(ERR.dumpUnsound);
  const problem = registry.restore(readFunctions(bytes, view, start[2], end[2]), policy);
  if (problem !== undefined) return reply.error(problem);
  call.keyspace.effects.dirty++;
  reply.ok();
}

function policyOf(args: Args, i: number): RestorePolicy | undefined {
  return (['append', 'replace', 'flush'] as const).find((policy) => args.is(i, policy));
}
