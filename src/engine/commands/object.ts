/** OBJECT: how a value is kept, and when or how often it was used. Looking does not count as a use. */
import { parseSafeInteger } from '../../bytes/integer.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { STRING, segmentOf } from '../memory/layout.ts';
import { typeOf } from '../structures/record.ts';
import { encodingOf, INT } from '../values/encoding.ts';
import { stringLength, stringStart } from '../values/string.ts';
import { encodingName } from '../values/value.ts';
import { helpRow } from './help.ts';
import { container, family, key, READONLY, RO, row } from './spec.ts';

const NOT_TWICE_THE_SAME = { tips: ['nondeterministic_output'] };

export const object = family('generic', [
  container('OBJECT', [
    row('ENCODING', encoding, 3, READONLY, key(2, RO), NOT_TWICE_THE_SAME),
    row('FREQ', frequency, 3, READONLY, key(2, RO), NOT_TWICE_THE_SAME),
    row('IDLETIME', idleTime, 3, READONLY, key(2, RO), NOT_TWICE_THE_SAME),
    row('REFCOUNT', referenceCount, 3, READONLY, key(2, RO), NOT_TWICE_THE_SAME),
    helpRow('OBJECT', [
      'ENCODING <key>',
      '    Return the kind of internal representation used in order to store the value',
      '    associated with a <key>.',
      'FREQ <key>',
      '    Return the access frequency index of the <key>. The returned integer is',
      '    proportional to the logarithm of the recent access frequency of the key.',
      'IDLETIME <key>',
      '    Return the idle time of the <key>, that is the approximated number of',
      '    seconds elapsed since the last access to the key.',
      'REFCOUNT <key>',
      '    Return the number of references of the value associated with the specified',
      '    <key>.',
    ]),
  ]),
]);

/** Redis keeps one object for each integer below this, and says that it is referred to this often. */
const SHARED_INTEGERS = 10_000;
const SHARED_REFERENCES = 2 ** 31 - 1;

/** The key, counted as found or missed; as in Redis, that it is not there is not told. */
function look({ database, keyspace }: Call, args: Args): Ref {
  const ref = database.find(args, 2);
  if (ref === NO_REF) keyspace.misses++;
  else keyspace.hits++;
  return ref;
}

/** The name of the encoding that Redis would keep the value in. */
function encoding(call: Call, args: Args, reply: Reply): void {
  const ref = look(call, args);
  if (ref === NO_REF) reply.null();
  else reply.text(encodingName(call.database.arena, ref));
}

/** How often the key is used, a logarithm that decays; only under an LFU policy. */
function frequency(call: Call, args: Args, reply: Reply): void {
  const ref = look(call, args);
  const { clock } = call.keyspace;
  if (ref === NO_REF) reply.null();
  else if (!clock.lfu) reply.error(ERR.lfuNotSelected);
  else reply.integer(clock.frequency(call.database.accessBits(ref)));
}

/** Seconds since the key was used; only when the policy is not LFU. */
function idleTime(call: Call, args: Args, reply: Reply): void {
  const ref = look(call, args);
  const { clock } = call.keyspace;
  if (ref === NO_REF) reply.null();
  else if (clock.lfu) reply.error(ERR.lfuSelected);
  else reply.integer(clock.idleSeconds(call.database.accessBits(ref)));
}

/** 1: no value is shared. Of the integers that Redis shares we say what it says. */
function referenceCount(call: Call, args: Args, reply: Reply): void {
  const { arena } = call.database;
  const ref = look(call, args);
  if (ref === NO_REF) reply.null();
  else reply.integer(call.keyspace.sharesIntegers && isSharedInteger(arena, ref) ? SHARED_REFERENCES : 1);
}

function isSharedInteger(arena: Arena, ref: Ref): boolean {
  if (typeOf(arena, ref) !== STRING || encodingOf(arena, ref) !== INT) return false;
  const start = stringStart(arena, ref);
  const value = parseSafeInteger(arena.bytes[segmentOf(ref)], start, start + stringLength(arena, ref));
  return value >= 0 && value < SHARED_INTEGERS;
}
