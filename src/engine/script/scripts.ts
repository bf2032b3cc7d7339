/** EVAL, EVALSHA, their forms that only read, and SCRIPT: scripts that clients send. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import { helpRow } from '../commands/help.ts';
import {
  ACCESS,
  ALLOW_BUSY,
  container,
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
} from '../commands/spec.ts';
import type { Call } from '../dispatch/call.ts';
import type { Evaluator } from './evaluator.ts';
import { keyCountOf, keysBehindCount } from './script-arguments.ts';
import { DIGEST_LENGTH } from './script-cache.ts';

const RUN = NOSCRIPT | STALE | SKIP_MONITOR | NO_MANDATORY_KEYS | RUNS_SCRIPT;
const ON_ALL_NODES = { tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'] };

export function scriptCommands(evaluator: Evaluator): Family {
  return family('scripting', [
    evalRow(evaluator, 'EVAL', RUN | MAY_REPLICATE, keysBehindCount(RW | ACCESS | UPDATE, WRITES)),
    evalRow(evaluator, 'EVAL_RO', RUN | READONLY, keysBehindCount(RO | ACCESS, READS)),
    evalShaRow(evaluator, 'EVALSHA', RUN | MAY_REPLICATE, keysBehindCount(RW | ACCESS | UPDATE)),
    evalShaRow(evaluator, 'EVALSHA_RO', RUN | READONLY, keysBehindCount(RO | ACCESS)),
    container('SCRIPT', [
      row('DEBUG', (_, args, reply) => debug(args, reply), 3, NOSCRIPT),
      row('EXISTS', (_, args, reply) => exists(evaluator, args, reply), -3, NOSCRIPT, NO_KEYS, {
        tips: ['request_policy:all_shards', 'response_policy:agg_logical_and'],
      }),
      row('FLUSH', (_, args, reply) => flush(evaluator, args, reply), -2, NOSCRIPT, NO_KEYS, ON_ALL_NODES),
      row('KILL', (_, __, reply) => kill(evaluator, reply), 2, NOSCRIPT | ALLOW_BUSY, NO_KEYS, {
        tips: ['request_policy:all_shards', 'response_policy:one_succeeded'],
      }),
      row('LOAD', (_, args, reply) => load(evaluator, args, reply), 3, NOSCRIPT | STALE, NO_KEYS, ON_ALL_NODES),
      row('SHOW', (_, args, reply) => show(evaluator, args, reply), 3, NOSCRIPT),
      helpRow('SCRIPT', HELP),
    ]),
  ]);
}

const WRITES = 'We cannot tell how the keys will be used so we assume the worst, RW and UPDATE';
const READS = 'We cannot tell how the keys will be used so we assume the worst, RO and ACCESS';

const HELP = [
  'DEBUG (YES|SYNC|NO)',
  '    Set the debug mode for subsequent scripts executed.',
  'EXISTS <sha1> [<sha1> ...]',
  '    Return information about the existence of the scripts in the script cache.',
  'FLUSH [ASYNC|SYNC]',
  '    Flush the Lua scripts cache. Very dangerous on replicas.',
  '    When called without the optional mode argument, the behavior is determined by the',
  '    lazyfree-lazy-user-flush configuration directive. Valid modes are:',
  '    * ASYNC: Asynchronously flush the scripts cache.',
  '    * SYNC: Synchronously flush the scripts cache.',
  'KILL',
  '    Kill the currently executing Lua script.',
  'LOAD <script>',
  '    Load a script into the scripts cache without executing it.',
  'SHOW <sha1>',
  '    Show a script from the scripts cache.',
];

/** EVAL script numkeys [key ...] [arg ...] */
function evalRow(evaluator: Evaluator, name: string, flags: number, keys: KeySpec[]): Row {
  const readsOnly = (flags & READONLY) !== 0;
  return row(name, run, -3, flags, keys, { flagsOf: (args) => evaluator.flagsOfText(args.text(1), flags) });

  function run(call: Call, args: Args, reply: Reply): void {
    const keyCount = keyCountOf(args);
    if (typeof keyCount === 'string') return reply.error(keyCount);
    const script = evaluator.scriptOf(args.text(1), false);
    if (typeof script === 'string') return reply.error(script);
    evaluator.run(call, args, reply, script, keyCount, readsOnly);
  }
}

/** EVALSHA sha1 numkeys [key ...] [arg ...] */
function evalShaRow(evaluator: Evaluator, name: string, flags: number, keys: KeySpec[]): Row {
  const readsOnly = (flags & READONLY) !== 0;
  return row(name, run, -3, flags, keys, { flagsOf: (args) => evaluator.flagsOfDigest(args, flags) });

  function run(call: Call, args: Args, reply: Reply): void {
    if (args.length(1) !== DIGEST_LENGTH) return reply.error(ERR.noScript);
    const keyCount = keyCountOf(args);
    if (typeof keyCount === 'string') return reply.error(keyCount);
    const script = evaluator.cache.find(args, 1);
    if (script === undefined) return reply.error(ERR.noScript);
    evaluator.run(call, args, reply, script, keyCount, readsOnly);
  }
}

function exists({ cache }: Evaluator, args: Args, reply: Reply): void {
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) reply.integer(cache.find(args, i) === undefined ? 0 : 1);
}

/** SCRIPT LOAD script: its digest. */
function load(evaluator: Evaluator, args: Args, reply: Reply): void {
  const script = evaluator.scriptOf(args.text(2), true);
  if (typeof script === 'string') reply.error(script);
  else reply.text(script.name);
}

/** SCRIPT SHOW sha1: the script's text. */
function show({ cache }: Evaluator, args: Args, reply: Reply): void {
  const script = cache.find(args, 2);
  if (script === undefined) reply.error(ERR.noScript);
  else reply.latin1(script.text);
}

/** SCRIPT FLUSH [ASYNC | SYNC]. There is nothing to free, so both are the same. */
function flush(evaluator: Evaluator, args: Args, reply: Reply): void {
  const isSound = args.count === 2 || (args.count === 3 && (args.is(2, 'sync') || args.is(2, 'async')));
  if (!isSound) return reply.error(ERR.scriptFlushOption);
  evaluator.flush();
  reply.ok();
}

function kill({ runner }: Evaluator, reply: Reply): void {
  const refusal = runner.kill(false);
  if (refusal === undefined) reply.ok();
  else reply.error(refusal);
}

/** SCRIPT DEBUG YES | SYNC | NO: there is no debugger, so it can only be off. */
function debug(args: Args, reply: Reply): void {
  if (args.is(2, 'no')) reply.ok();
  else if (args.is(2, 'yes') || args.is(2, 'sync')) reply.error(ERR.noScriptDebugger);
  else reply.error(ERR.scriptDebugOption);
}
